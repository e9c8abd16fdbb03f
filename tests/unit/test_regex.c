/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns taken apart: written anew, each must match what it matched before.
 */
#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void rewrites_to(const char *pattern, const char *expected)
{
	const char *why = NULL;
	g_autofree char *got = regex_rewrite(pattern, &why);

	if (!got)
		fail_msg("%s: %s", pattern, why);
	assert_string_equal(got, expected);
}

static void refused(const char *pattern, const char *expected)
{
	const char *why = NULL;
	g_autofree char *got = regex_rewrite(pattern, &why);

	if (got)
		fail_msg("%s is read as %s", pattern, got);
	assert_string_equal(why, expected);
}

static void test_written(void **state)
{
	(void)state;
	rewrites_to("^/track/click/(?<account>\\d+)/", "^\\/track\\/click\\/(?:[0-9]+)\\/");
	rewrites_to("[\\w.%-]{60,}", "[\\w%\\-.]{60,}");
	rewrites_to("[^/]+?", "[^\\/]+?");
	rewrites_to("a{2}b{2,3}c{0,1}d{0,}e{1,}+", "a{2}b{2,3}c?d*e++");
	rewrites_to("(?i)a(?-i)b(?i:c(d))e", "[Aa]b(?:[Cc](?:[Dd]))e");
	rewrites_to("(?i:a|b)c", "(?:[Aa]|[Bb])c");
	rewrites_to("(?:(?i)a|b)c", "(?:[Aa]|[Bb])c");
	rewrites_to(".", ".");
	rewrites_to("(?s).", "[\\s\\S]");
	rewrites_to("\\Qa.b\\E*", "a\\.b*");
	rewrites_to("\\x41\\x{42}\\o{103}\\t\\cA", "ABC\\x09\\x01");
	rewrites_to("(?'x'a)(?P<y>b)(?#c)d", "(?:a)(?:b)d");
	rewrites_to("a{b}{,3}", "a\\{b\\}\\{,3\\}");
	rewrites_to("[]a][^]a][[:digit:]x][a\\]b]", "[\\]a][^\\]a][0-9x][\\]ab]");
	rewrites_to("\\Aa\\z|\\bb$", "^a$|\\bb$");
}

/* Nothing that a file of another program could stumble over. */
static void test_hostile(void **state)
{
	static const char all[] = "a\n#\"'` \t\r\x01\xff/";
	g_autoptr(GString) out = g_string_new(NULL);

	(void)state;
	rewrites_to("\n# \"'`/\xff", "\\x0a\\x23\\x20\\x22\\x27\\x60\\/\\xff");
	rewrites_to("[\n#\"'` /\xff]", "[\\x0a\\x20\\x22\\x23\\x27\\/\\x60\\xff]");
	regex_literal_write(out, (struct span){all, sizeof(all)});
	assert_string_equal(
		out->str, "a\\x0a\\x23\\x22\\x27\\x60\\x20\\x09\\x0d\\x01\\xff\\/\\x00");
}

static void test_refused(void **state)
{
	(void)state;
	refused("(a)\\1", "a back reference");
	refused("(?<a>x)\\k<a>", "a back reference");
	refused("(?R)?a", "recursion, a condition or a callout");
	refused("(a)(?1)", "recursion, a condition or a callout");
	refused("(a)?(?(1)b)", "recursion, a condition or a callout");
	refused("(?P=a)", "recursion, a condition or a callout");
	refused("a(*SKIP)b", "a verb");
	refused("a\\Kb", "\\K, \\G, \\R or \\X");
	refused("(?x)a b", "an option but i, m and s");
	refused("(?=a)*b", "a repeated assertion");
	refused("\\b?b", "a repeated assertion");
}

/* What does not compile is not what it is for, but must do no harm. */
static void test_broken(void **state)
{
	static const char *const broken[] = {"(", ")", "[", "[^", "[]", "[a\\", "\\", "(?", "(?<",
		"(?<a", "(?P", "(?#", "a{1", "\\x{", "\\c", "\\p{", "[[:", "[[:a", "\\Q", "(?i",
		"(?-", "*", "|*", "(*", "\\o{", "[\\Q"};
	g_autofree char *deep = g_strnfill(200, '(');
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++)
		g_free(regex_rewrite(broken[i], &why));
	refused(deep, "groups nested too deep");
}

/* ---- random patterns against PCRE2 ---- */

static pcre2_code *compile(const char *pattern)
{
	int error;
	PCRE2_SIZE offset;

	return pcre2_compile(
		(PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_NEVER_UTF, &error, &offset, NULL);
}

static bool found(pcre2_code *code, const char *subject, size_t len)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	bool result = pcre2_match(code, (PCRE2_SPTR)subject, len, 0, 0, data, NULL) >= 0;

	pcre2_match_data_free(data);
	return result;
}

static const char *const atoms[] = {"a", "b", "A", "/", "\\.", ".", "\\d", "\\w", "\\W", "[ab]",
	"[^ab]", "[^/]", "[]a-c]", "[a\\-.]", "[\\w/]", "[^\\w/]", "[[:alpha:]#]", "\\x23",
	"\\Qa/\\E", "#", " ", "\\n", "\\b", "\\B", "^", "$", "(?i)", "(?s)", "%", "-", "[\\Qa]\\E]",
	"[\"'`]", "\\S", "\\h", "[^\\n]"};
static const char *const openings[] = {"(", "(?:", "(?=", "(?!", "(?>", "(?i:", "(?-i:", "(?<=a)("};
static const char *const repeats[] = {"", "", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?"};

static void put_random(GString *out, GRand *random, unsigned depth)
{
	int count = g_rand_int_range(random, 1, 5);

	for (int i = 0; i < count; i++) {
		if (depth < 3 && g_rand_int_range(random, 0, 4) == 0) {
			g_string_append(
				out, openings[g_rand_int_range(random, 0, G_N_ELEMENTS(openings))]);
			put_random(out, random, depth + 1);
			g_string_append_c(out, ')');
		} else {
			g_string_append(
				out, atoms[g_rand_int_range(random, 0, G_N_ELEMENTS(atoms))]);
		}
		g_string_append(out, repeats[g_rand_int_range(random, 0, G_N_ELEMENTS(repeats))]);
		if (g_rand_int_range(random, 0, 6) == 0)
			g_string_append_c(out, '|');
	}
}

static size_t random_subject(GRand *random, char *subject, size_t max)
{
	static const char bytes[] = "aAbBc/.-#1 \n%\"'`]^\xe9";
	size_t len = (size_t)g_rand_int_range(random, 0, (int)max);

	for (size_t i = 0; i < len; i++)
		subject[i] = bytes[g_rand_int_range(random, 0, sizeof(bytes) - 1)];
	return len;
}

static unsigned compare_random(GRand *random, const char *pattern)
{
	const char *why = NULL;
	pcre2_code *before = compile(pattern), *after;
	g_autofree char *anew = before ? regex_rewrite(pattern, &why) : NULL;
	char subject[12];

	if (!anew) {
		pcre2_code_free(before);
		return 0;
	}
	after = compile(anew);
	if (!after)
		fail_msg("%s does not compile: it was %s", anew, pattern);
	for (int i = 0; i < 40; i++) {
		size_t len = random_subject(random, subject, sizeof(subject));

		if (found(before, subject, len) != found(after, subject, len))
			fail_msg("%s and %s differ on %.*s", pattern, anew, (int)len, subject);
	}
	pcre2_code_free(before);
	pcre2_code_free(after);
	return 1;
}

static void test_random(void **state)
{
	GRand *random = g_rand_new_with_seed(20261124);
	unsigned compared = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) pattern = g_string_new(NULL);

		put_random(pattern, random, 0);
		compared += compare_random(random, pattern->str);
	}
	assert_true(compared > 4000);
	g_rand_free(random);
}

/* ---- POSIX ---- */

static void test_posix_sets(void **state)
{
	GRand *random = g_rand_new_with_seed(7);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		g_autoptr(GString) out = g_string_new("^");
		struct regex_set set = {{0}};
		regex_t posix;
		int size = g_rand_int_range(random, 0, 1 << g_rand_int_range(random, 1, 8));

		for (int i = 0; i < size; i++)
			regex_set_add(&set, (unsigned char)g_rand_int_range(random, 1, 256));
		if (!regex_set_write_posix(out, &set))
			continue;
		g_string_append_c(out, '$');
		if (regcomp(&posix, out->str, REG_EXTENDED | REG_NOSUB) != 0)
			fail_msg("%s does not compile", out->str);
		for (int byte = 1; byte < 128; byte++) {
			char subject[] = {(char)byte, '\0'};
			bool shown = byte >= '!' && byte <= '~';

			if ((regexec(&posix, subject, 0, NULL, 0) == 0) !=
				(shown && regex_set_has(&set, (unsigned char)byte)))
				fail_msg("%s on %d", out->str, byte);
		}
		regfree(&posix);
	}
	g_rand_free(random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_posix_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
