/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Providers out of YAML and back: every key, every error with its line, the canonical form.
 */
#include "tests/unit/reading.h"
#include "tests/unit/same.h"

#define FILE_NAME "esps/acme.yaml"

/* Has every key; the numbers in the tables below are lines of it. */
static const char sample[] = "id: acme\n"
			     "name: Acme Mail\n"
			     "kind: mailer\n"
			     "abuse:\n"
			     "  - abuse@example.com\n"
			     "sending:\n"
			     "  rdns:\n"
			     "    - example.net\n"
			     "  dkim:\n"
			     "    - example.com\n" /* 10 */
			     "  return_path:\n"
			     "    - bounce.example.com\n"
			     "  networks:\n"
			     "    - '192.0.2.0/24'\n"
			     "    - '2001:db8::/32'\n"
			     "  headers:\n"
			     "    - name: X-Acme-Id\n"
			     "    - name: X-Mailer\n"
			     "      pattern: ^Acme\\b\n"
			     "references:\n" /* 20 */
			     "  - https://www.example.org/docs\n";

static bool read_any(const char *yaml, size_t len, const char *file, struct problems *problems)
{
	struct esp *esp = esp_read(yaml, len, file, problems);
	bool read = esp != NULL;

	esp_free(esp);
	return read;
}

static struct esp *read_esp(const char *yaml)
{
	struct problems *problems = problems_new();
	struct esp *esp = esp_read(yaml, strlen(yaml), NULL, problems);
	g_autofree char *found = problems_text(problems);

	if (!esp || *found)
		fail_msg("%s\nin:\n%s", found, yaml);
	problems_free(problems);
	return esp;
}

static void assert_edits(const struct edit *edits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *yaml = replaced(sample, edits[i].from, edits[i].to);

		assert_problems(read_any, FILE_NAME, span_from(yaml), edits[i].wanted);
	}
}

static void assert_texts(const GPtrArray *list, const char *wanted)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (char *)list->pdata[i]);
	assert_string_equal(text->str, wanted);
	g_string_free(text, TRUE);
}

static void test_every_key_is_read(void **state)
{
	struct esp *esp = read_esp(sample);
	const struct esp_header *first = esp->headers->pdata[0], *second = esp->headers->pdata[1];

	(void)state;
	assert_string_equal(esp->id, "acme");
	assert_string_equal(esp->name, "Acme Mail");
	assert_int_equal(esp->kind, ESP_MAILER);
	assert_texts(esp->abuse, "abuse@example.com");
	assert_texts(esp->rdns, "example.net");
	assert_texts(esp->dkim, "example.com");
	assert_texts(esp->return_path, "bounce.example.com");
	assert_texts(esp->networks, "192.0.2.0/24 2001:db8::/32");
	assert_int_equal(esp->headers->len, 2);
	assert_string_equal(first->name, "X-Acme-Id");
	assert_null(first->pattern);
	assert_string_equal(second->name, "X-Mailer");
	assert_string_equal(second->pattern, "^Acme\\b");
	assert_texts(esp->references, "https://www.example.org/docs");
	esp_free(esp);
}

static void test_the_least(void **state)
{
	struct esp *esp = read_esp("{id: a, name: A, kind: esp, sending: {headers: []}}");
	g_autofree char *written = esp_write(esp);

	(void)state;
	assert_string_equal(written, "id: a\nname: A\nkind: esp\n");
	esp_free(esp);
}

static void test_kinds(void **state)
{
	static const char *const names[] = {
		"esp", "mailer", "kit", "wrapper", "redirector", "shortener"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *kind = g_strdup_printf("kind: %s", names[i]);
		g_autofree char *yaml = replaced(sample, "kind: mailer", kind);
		struct esp *esp = read_esp(yaml);

		assert_int_equal(esp->kind, i);
		assert_string_equal(esp_kind_name(esp->kind), names[i]);
		esp_free(esp);
	}
}

static void test_problems(void **state)
{
	static const struct edit edits[] = {
		{"abuse:", "abuses:", "4: unknown key 'abuses'"},
		{"  rdns:", "  ptr:", "7: unknown key 'ptr'"},
		{"      pattern:", "      value:", "19: unknown key 'value'"},
		{"id: acme\n", "", "1: 'id' is missing"},
		{"name: Acme Mail\n", "", "1: 'name' is missing"},
		{"name: Acme Mail\n", "name:\n", "2: 'name' is empty"},
		{"kind: mailer\n", "", "1: 'kind' is missing"},
		{"kind: mailer", "kind: Mailer",
			"3: 'kind' must be one of: esp, mailer, kit, wrapper, redirector, "
			"shortener"},
		{"    - name: X-Acme-Id", "    - {}", "17: 'name' is missing"},
		{"    - name: X-Acme-Id", "    - X-Acme-Id", "17: each of 'headers' must be a map"},
		{"    - name: X-Acme-Id", "    - name: [a]", "17: name must be a text"},
		{"  headers:\n", "  headers: a\n  x:\n",
			"17: unknown key 'x'\n16: headers must be a list"},
		{"sending:\n", "sending: a\nx:\n", "7: unknown key 'x'\n6: sending must be a map"},
		{"abuse:\n  - abuse@example.com", "abuse: abuse@example.com",
			"4: abuse must be a list"},
		{"  - abuse@example.com", "  - a: b", "5: each item of the list must be a text"},
		{"    - example.net", "    - Example.net",
			"8: 'Example.net' is no host suffix: lower case, ASCII, no dot at the "
			"ends"},
		{"    - bounce.example.com", "    - .example.com",
			"12: '.example.com' is no host suffix: lower case, ASCII, no dot at the "
			"ends"},
		{"pattern: ^Acme\\b", "pattern: '('",
			"19: bad pattern in pattern: missing closing parenthesis at offset 1"},
		{"id: acme", "id: acme.", "1: 'acme.' is no id: a-z, 0-9 and -"},
		{"id: acme", "id: ../acme", "1: '../acme' is no id: a-z, 0-9 and -"},
		{"id: acme", "id: other", "1: the id 'other' belongs in esps/other.yaml"},
		{"kind: mailer", "kind: &k mailer", "3: anchors, aliases and tags are not allowed"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_networks(void **state)
{
	static const char *const bad[] = {"192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2/24",
		"192.0.2.0/-1", "192.0.2.0/ 8", "192.0.2.0/24/8", "2001:db8::/129",
		"2001:db8::", "example.com/24", "/24", "192.0.2.256/24", "192.0.2.0/0x8"};
	static const char *const good[] = {
		"0.0.0.0/0", "192.0.2.1/32", "'::/0'", "'::ffff:192.0.2.0/128'"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *quoted = g_strdup_printf("'%s'", bad[i]);
		g_autofree char *yaml = replaced(sample, "'192.0.2.0/24'", quoted);
		g_autofree char *wanted = g_strdup_printf("14: '%s' is no network: an address, /, "
							  "and the bits of its prefix",
			bad[i]);

		assert_problems(read_any, FILE_NAME, span_from(yaml), wanted);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *yaml = replaced(sample, "'192.0.2.0/24'", good[i]);

		esp_free(read_esp(yaml));
	}
}

static void test_ids(void **state)
{
	g_autofree char *longest = g_strnfill(64, 'a'), *too_long = g_strnfill(65, 'a');
	g_autofree char *path = esp_path("acme");

	(void)state;
	assert_string_equal(path, "esps/acme.yaml");
	assert_true(esp_id_valid("a"));
	assert_true(esp_id_valid("4-you"));
	assert_true(esp_id_valid(longest));
	assert_false(esp_id_valid(too_long));
	assert_false(esp_id_valid(""));
	assert_false(esp_id_valid("-a"));
	assert_false(esp_id_valid("A"));
	assert_false(esp_id_valid("a/b"));
	assert_false(esp_id_valid("a_b"));
}

/* ---- the canonical form ---- */

static void test_sample_is_canonical(void **state)
{
	struct esp *esp = read_esp(sample);
	g_autofree char *written = esp_write(esp);

	(void)state;
	assert_string_equal(written, sample);
	esp_free(esp);
}

static void test_empty_is_absent(void **state)
{
	g_autofree char *yaml = replaced(sample, "pattern: ^Acme\\b", "pattern: ''");
	g_autofree char *wanted = replaced(sample, "      pattern: ^Acme\\b\n", "");
	struct esp *esp = read_esp(yaml);
	g_autofree char *written = esp_write(esp);

	(void)state;
	assert_string_equal(written, wanted);
	esp_free(esp);
}

static char *random_text(GRand *rand)
{
	static const char *const pieces[] = {"a", "Z", "1", " ", ": ", " #", "'", "\"", "\\", "- ",
		"[", "{", "&", "*", "!", "\n", "\t", "\x1B", "\xC3\xA9", "\xE2\x80\xAE",
		"\xEF\xBF\xBF", "\xF3\xA0\x81\x81", "no"};
	GString *text = g_string_new(NULL);

	for (int i = g_rand_int_range(rand, 1, 9); i > 0; i--)
		g_string_append(text, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

static struct esp *random_esp(GRand *rand)
{
	g_autofree char *name = random_text(rand);
	struct esp *esp = esp_new("acme", name);

	esp->kind = (enum esp_kind)g_rand_int_range(rand, 0, 6);
	for (int i = g_rand_int_range(rand, 0, 3); i > 0; i--) {
		struct esp_header *header = g_new0(struct esp_header, 1);
		g_autofree char *text = random_text(rand);

		header->name = random_text(rand);
		header->pattern = g_rand_boolean(rand) ? g_regex_escape_string(text, -1) : NULL;
		g_ptr_array_add(esp->headers, header);
		g_ptr_array_add(esp->abuse, random_text(rand));
		g_ptr_array_add(esp->references, random_text(rand));
	}
	if (g_rand_boolean(rand))
		g_ptr_array_add(esp->dkim, g_strdup("example.com"));
	if (g_rand_boolean(rand))
		g_ptr_array_add(esp->networks, g_strdup("2001:db8::/32"));
	return esp;
}

static void test_random_providers_are_read_back(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		struct esp *esp = random_esp(rand);
		g_autofree char *yaml = esp_write(esp);
		struct esp *back = read_esp(yaml);
		g_autofree char *again = esp_write(back);

		if (!same_esp(esp, back))
			fail_msg("another provider:\n%s", yaml);
		assert_string_equal(again, yaml);
		esp_free(esp);
		esp_free(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_is_read),
		cmocka_unit_test(test_the_least),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_sample_is_canonical),
		cmocka_unit_test(test_empty_is_absent),
		cmocka_unit_test(test_random_providers_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
