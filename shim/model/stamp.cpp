// Times as log files write them. Pure.
#include "shim/model/stamp.h"

#include <cstddef>

namespace ocirt::shim {
namespace {

constexpr int64_t kDay = 86400;

// Writes `value` with leading zeros, and returns what follows.
char* digits(char* out, int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + count;
}

struct Date {
  int64_t year = 0;
  int month = 0;
  int day = 0;
};

// Days since 1970-01-01 to a date of the Gregorian calendar, by eras of 400 years that begin on the
// 1st of March, so that a leap day is the last day of its year.
Date date_of(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * of_year + 2) / 153;
  const auto day = static_cast<int>(of_year - (153 * month_from_march + 2) / 5 + 1);
  const auto month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0), .month = month, .day = day};
}

}  // namespace

Stamp::Stamp(const Moment& moment, bool is_utc) {
  const int64_t shifted = moment.seconds + (is_utc ? 0 : moment.offset_s);
  int64_t days = shifted / kDay;
  int64_t of_day = shifted % kDay;
  if (of_day < 0) {
    of_day += kDay;
    --days;
  }
  const Date date = date_of(days);
  char* out = text_.data();
  out = digits(out, date.year, 4);
  *out++ = '-';
  out = digits(out, date.month, 2);
  *out++ = '-';
  out = digits(out, date.day, 2);
  *out++ = 'T';
  out = digits(out, of_day / 3600, 2);
  *out++ = ':';
  out = digits(out, of_day / 60 % 60, 2);
  *out++ = ':';
  out = digits(out, of_day % 60, 2);
  *out++ = '.';
  out = digits(out, moment.nanoseconds, 9);
  if (is_utc) {
    *out++ = 'Z';
  } else {
    const int32_t minutes = (moment.offset_s < 0 ? -moment.offset_s : moment.offset_s) / 60;
    *out++ = moment.offset_s < 0 ? '-' : '+';
    out = digits(out, minutes / 60, 2);
    *out++ = ':';
    out = digits(out, minutes % 60, 2);
  }
  length_ = static_cast<size_t>(out - text_.data());
}

}  // namespace ocirt::shim
