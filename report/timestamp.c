/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/timestamp.h"

#include "wire/sighting.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400 };
static const int64_t NS_PER_SECOND = 1000000000;

struct date {
    int64_t year;
    unsigned month, day;
};

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Days since 1970-01-01 and dates, by years that begin in March and eras of 400 years, so that the leap day comes
 * last. gmtime would do one way, but timegm, the other, is in no standard. */
static struct date date_of_days(int64_t days) {
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct date){year_of_era + era * 400 + (month <= 2), (unsigned)month,
                         (unsigned)(day_of_year - (153 * march_month + 2) / 5 + 1)};
}

static int64_t days_of_date(const struct date *date) {
    int64_t year = date->year - (date->month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t march_month = date->month > 2 ? (int64_t)date->month - 3 : (int64_t)date->month + 9;
    int64_t day_of_year = (153 * march_month + 2) / 5 + (int64_t)date->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

char *timestamp_text(int64_t time, char text[static TIMESTAMP_SIZE]) {
    int64_t seconds = floor_div(time, NS_PER_SECOND);
    int64_t nanos = time % NS_PER_SECOND;
    if (nanos < 0)
        nanos += NS_PER_SECOND;
    int64_t days = floor_div(seconds, SECONDS_PER_DAY);
    unsigned second = (unsigned)(seconds - days * SECONDS_PER_DAY);
    struct date date = date_of_days(days);
    snprintf(text, TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", (unsigned)date.year % 10000, date.month % 100,
             date.day % 100, second / 3600 % 100, second / 60 % 60, second % 60, (unsigned)nanos % 1000000000);
    return text;
}

char *timestamp_clock(int64_t time, bool with_date, char text[static TIMESTAMP_SIZE]) {
    enum { CLOCK_AT = 11, MICROSECONDS_END = 26 };
    char full[TIMESTAMP_SIZE];
    timestamp_text(time, full);
    full[CLOCK_AT - 1] = ' ';
    full[MICROSECONDS_END] = '\0';
    size_t from = with_date ? 0 : CLOCK_AT;
    memcpy(text, full + from, MICROSECONDS_END - from + 1);
    return text;
}

/* The digits and the punctuation where they belong, nothing else. */
static bool has_form(const char *text) {
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
    for (size_t i = 0; i < sizeof form; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return false;
    }
    return true;
}

static unsigned number(const char *digits, size_t count) {
    unsigned value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

bool timestamp_parse(const char *text, int64_t *time) {
    *time = 0;
    if (!has_form(text))
        return false;
    struct date date = {number(text, 4), number(text + 5, 2), number(text + 8, 2)};
    unsigned hour = number(text + 11, 2);
    unsigned minute = number(text + 14, 2);
    unsigned second = number(text + 17, 2);
    if (date.month < 1 || date.month > 12 || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t days = days_of_date(&date);
    struct date back = date_of_days(days); /* 30 February comes back as another day */
    if (back.day != date.day || back.month != date.month)
        return false;
    int64_t seconds = days * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    int64_t nanos = number(text + 20, 9);
    if (seconds < 0 || seconds > LATEST_TIME / NS_PER_SECOND || seconds * NS_PER_SECOND + nanos > LATEST_TIME)
        return false;
    *time = seconds * NS_PER_SECOND + nanos;
    return true;
}

bool timestamp_same_day(int64_t a, int64_t b) {
    int64_t day = SECONDS_PER_DAY * NS_PER_SECOND;
    return floor_div(a, day) == floor_div(b, day);
}
