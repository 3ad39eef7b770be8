#!/usr/bin/python3
"""Speaks to a container engine as the kubelet does: one call of CRI's RuntimeService.

    cri.py SOCKET METHOD [JSON]

The JSON is the request, with the names of cri.proto; the response is printed in the same way. Bytes are
base64. Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler.
"""

import os
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SERVICE = "runtime.v1.RuntimeService"
TIMEOUT_S = 40


def read_language():
    """Returns the pool of what cri.proto describes."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.NamedTemporaryFile() as compiled:
        subprocess.run(["protoc", f"-I{here}", f"--descriptor_set_out={compiled.name}", "cri.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(compiled.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


def main():
    socket, method_name = sys.argv[1:3]
    request_json = sys.argv[3] if len(sys.argv) > 3 else "{}"
    pool = read_language()
    factory = message_factory.MessageFactory(pool)
    method = pool.FindServiceByName(SERVICE).methods_by_name[method_name]
    request = json_format.Parse(request_json, factory.GetPrototype(method.input_type)())
    # Messages of the real API are named otherwise, which nobody on the wire sees.
    with grpc.insecure_channel(f"unix://{socket}") as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/{method_name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=factory.GetPrototype(method.output_type).FromString)
        try:
            response = call(request, timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            sys.exit(f"{method_name}: {error.code().name}: {error.details()}")
    print(json_format.MessageToJson(response, preserving_proto_field_name=True,
                                    including_default_value_fields=True, indent=None))


if __name__ == "__main__":
    main()
