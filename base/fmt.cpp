// The compiled part of libfmt. Debian has it only as a shared library, and our programs are static,
// so it is instantiated here, once, without locales (code after a clone must not touch them).
#define FMT_STATIC_THOUSANDS_SEPARATOR ','
#include <fmt/format-inl.h>

// As libfmt's own format.cc does: without these a build that doesn't inline fails to link.
FMT_BEGIN_NAMESPACE
namespace detail {
template FMT_API auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
}  // namespace detail
FMT_END_NAMESPACE
