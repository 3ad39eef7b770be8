#!/usr/bin/env python3
"""A registry that serves one OCI layout, with the habits of real ones: fake_registry.py LAYOUT DIR [OPTION...]

Writes its ports to DIR/ports ("MAIN OTHER") and each request as a line to DIR/requests:
"PORT METHOD PATH STATUS AUTHORIZATION". Options:

    --token        tokens from /token, for ana:secret or the refresh token "again"
    --basic        ana:secret
    --redirect     blobs lie on the other port
    --busy N       the first N requests for blobs are answered with 503
    --cut BYTES    the first answer with a blob ends after so many bytes
    --limit N      the first N requests for manifests are answered with 429
    --tls CERT KEY CA   HTTPS on the main port, for clients with a certificate of that CA
"""

import argparse
import base64
import http.server
import json
import pathlib
import re
import ssl
import threading

GOOD = "Basic " + base64.b64encode(b"ana:secret").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.server.note(f"{self.server.server_port} {self.command} {self.path} {status} "
                         f"{self.headers.get('Authorization', '-')}")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.server.state["cut"] and status in (200, 206) and "/blobs/" in self.path and len(body) > 100000:
            body, self.server.state["cut"] = body[:self.server.state["cut"]], 0
            self.close_connection = True
        self.wfile.write(body)

    def refuse(self, status, message, **headers):
        self.answer(status, json.dumps({"errors": [{"code": "X", "message": message}]}).encode(), **headers)

    def countdown(self, name):
        self.server.state[name] -= self.server.state[name] > 0 and 1
        return self.server.state[name]

    def token(self):
        length = int(self.headers.get("Content-Length", 0))
        form = self.rfile.read(length).decode()
        if self.headers.get("Authorization") == GOOD or "refresh_token=again" in form:
            return self.answer(200, b'{"token": "let-me-in"}', Content_Type="application/json")
        return self.answer(200, b'{"token": "anonymous"}', Content_Type="application/json")

    def authorized(self):
        options, given = self.server.options, self.headers.get("Authorization")
        if options.token and given != "Bearer let-me-in":
            self.refuse(401, "authentication required", WWW_Authenticate=f'Bearer realm="{self.server.url}/token",'
                        'service="fake",scope="repository:x:pull"')
            return False
        if options.basic and given != GOOD:
            self.refuse(401, "authentication required", WWW_Authenticate='Basic realm="fake"')
            return False
        return True

    def do_GET(self):
        if self.path.startswith("http://"):  # we are a proxy
            self.path = "/" + self.path.split("/", 3)[3]
            self.server.note("proxied")
        if self.path.startswith("/token"):
            return self.token()
        is_main = self.server.url.endswith(f":{self.server.server_port}")
        if is_main and not self.authorized():
            return None
        if self.path == "/v2/":
            return self.answer(200)
        found = re.fullmatch(r"/v2/.*/(manifests|blobs)/([^/]+)", self.path)
        if not found:
            return self.refuse(404, "nothing of that name")
        kind, name = found.groups()
        return self.manifest(name) if kind == "manifests" else self.blob(name, is_main)

    do_HEAD = do_POST = do_GET

    def manifest(self, name):
        if self.server.state["limit"] > 0:
            self.countdown("limit")
            return self.refuse(429, "You have reached your pull rate limit", RateLimit_Limit="100;w=21600",
                               Retry_After=0)
        layout = self.server.layout
        if not name.startswith("sha256:"):
            name = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
        data = (layout / "blobs/sha256" / name[7:]).read_bytes()
        return self.answer(200, data, Content_Type=json.loads(data)["mediaType"])

    def blob(self, name, is_main):
        if self.server.state["busy"] > 0:
            self.countdown("busy")
            return self.refuse(503, "too busy", Retry_After=0)
        if self.server.options.redirect and is_main:
            return self.answer(307, Location=f"http://127.0.0.1:{self.server.other}{self.path}")
        data = (self.server.layout / "blobs/sha256" / name[7:]).read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked:
            return self.answer(206, data[int(asked[1]):],
                               Content_Range=f"bytes {asked[1]}-{len(data) - 1}/{len(data)}")
        return self.answer(200, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layout", type=pathlib.Path)
    parser.add_argument("dir", type=pathlib.Path)
    for name in ("token", "basic", "redirect"):
        parser.add_argument(f"--{name}", action="store_true")
    for name in ("busy", "cut", "limit"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--tls", nargs=3)
    options = parser.parse_args()
    log = open(options.dir / "requests", "a", buffering=1, encoding="utf-8")
    state = {name: getattr(options, name) for name in ("busy", "cut", "limit")}
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls[0], options.tls[1])
        context.load_verify_locations(options.tls[2])
        context.verify_mode = ssl.CERT_REQUIRED
        servers[0].socket = context.wrap_socket(servers[0].socket, server_side=True)
    for server in servers:
        server.options, server.state, server.layout, server.daemon_threads = options, state, options.layout, True
        server.note = lambda line: log.write(line + "\n")
        server.url = f"{'https' if options.tls else 'http'}://localhost:{servers[0].server_port}"
        server.other = servers[1].server_port
    threading.Thread(target=servers[1].serve_forever, daemon=True).start()
    part = options.dir / "ports.new"
    part.write_text(f"{servers[0].server_port} {servers[1].server_port}\n")
    part.rename(options.dir / "ports")
    servers[0].serve_forever()


main()
