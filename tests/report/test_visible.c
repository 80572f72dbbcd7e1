/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/utf8.h"
#include "report/visible.h"
#include "tests/unit.h"

#include <stdio.h>

static const char *shown_of(const char *text) {
    static char all[256];
    size_t length = 0;
    char shown[VISIBLE_SIZE];
    all[0] = '\0';
    for (size_t taken; (taken = visible_next(text, shown)) != 0; text += taken)
        length += (size_t)snprintf(all + length, sizeof all - length, "%s", shown);
    return all;
}

static void plain_text_stays(void) {
    CU_ASSERT_STRING_EQUAL(shown_of("\\PIPE\\lsass"), "\\PIPE\\lsass");
    CU_ASSERT_STRING_EQUAL(shown_of("S\xc3\xa4ule \xe2\x82\xac \xf0\x9f\x98\x80"),
                           "S\xc3\xa4ule \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void nothing_reaches_the_terminal_that_it_obeys(void) {
    CU_ASSERT_STRING_EQUAL(shown_of("\x1b[2J\x07\r\n\t\x7f"), "\\u{1b}[2J\\u{7}\\u{d}\\u{a}\\u{9}\\u{7f}");
    CU_ASSERT_STRING_EQUAL(shown_of("\xc2\x9b"
                                    "31m"),
                           "\\u{9b}31m"); /* C1 control */
    CU_ASSERT_STRING_EQUAL(shown_of("\x9b"
                                    "31m"),
                           "\\x9b31m"); /* the same as a stray byte */
    const char right_to_left[] = {'a', '\xe2', '\x80', '\xae', 'b', '\0'};
    CU_ASSERT_STRING_EQUAL(shown_of(right_to_left), "a\\u{202e}b");
    CU_ASSERT_STRING_EQUAL(shown_of("\xe2\x80\x8b\xef\xbb\xbf"), "\\u{200b}\\u{feff}"); /* no width */
    CU_ASSERT_STRING_EQUAL(shown_of("\xf3\xa0\x80\xa0"), "\\u{e0020}");                 /* a tag */
}

static void what_is_no_utf8_is_found(void) {
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xc3", "\xe2\x82", "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5", "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(utf8_valid(bad[i]));
    CU_ASSERT_TRUE(utf8_valid(""));
    CU_ASSERT_TRUE(utf8_valid("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"));
}

static void width_counts_what_is_shown(void) {
    CU_ASSERT_EQUAL(visible_width("\xe2\x82\xac"), 1);
    CU_ASSERT_EQUAL(visible_width("\x1b"), 6);
    CU_ASSERT_EQUAL(visible_width("\\"), 1);
}

static void lines_end_where_words_end(void) {
    struct visible_part part = visible_fit("one two three", 9, 9);
    CU_ASSERT_EQUAL(part.bytes, 7);
    CU_ASSERT_EQUAL(part.width, 7);
    CU_ASSERT_EQUAL(visible_fit("one two", 7, 9).bytes, 7);
    CU_ASSERT_EQUAL(visible_fit("one two", 3, 9).bytes, 3);
}

static void a_word_wider_than_a_line_is_cut(void) {
    CU_ASSERT_EQUAL(visible_fit("abcdefghij", 4, 4).bytes, 4);
    CU_ASSERT_EQUAL(visible_fit("abcdefghij", 3, 4).bytes, 0); /* a new line first */
    CU_ASSERT_EQUAL(visible_fit("\x1b", 4, 4).bytes, 1);       /* wider than the line: shown all the same */
}

int main(void) {
    CU_TestInfo tests[] = {{"plain text stays", plain_text_stays},
                           {"nothing reaches the terminal that it obeys", nothing_reaches_the_terminal_that_it_obeys},
                           {"what is no UTF-8 is found", what_is_no_utf8_is_found},
                           {"width counts what is shown", width_counts_what_is_shown},
                           {"lines end where words end", lines_end_where_words_end},
                           {"a word wider than a line is cut", a_word_wider_than_a_line_is_cut},
                           CU_TEST_INFO_NULL};
    return unit_run("report_visible", tests);
}
