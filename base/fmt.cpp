// The compiled part of libfmt. Debian has it only as a shared library, and our programs are static,
// so it is instantiated here, once, without locales (code after a clone must not touch them).
#define FMT_STATIC_THOUSANDS_SEPARATOR ','
#include <fmt/format-inl.h>
