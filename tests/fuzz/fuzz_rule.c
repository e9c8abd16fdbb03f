/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input as a rule, as a provider and as a text: what is read and written is read back as the
 * same, and written the same.
 */
#include "rules/yaml_node.h"
#include "tests/unit/same.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rule(struct span yaml)
{
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml.ptr, yaml.len, NULL, problems);

	g_assert_true((rule != NULL) == (problems_count(problems) == 0));
	if (rule) {
		g_autofree char *written = rule_write(rule);
		struct rule *back = rule_read(written, strlen(written), NULL, problems);
		struct rule *copy = rule_copy(rule);

		g_assert_nonnull(back);
		g_assert_true(same_rule(rule, back));
		g_assert_true(same_rule(rule, copy));
		g_autofree char *again = rule_write(back);
		g_assert_cmpstr(again, ==, written);
		rule_free(copy);
		rule_free(back);
	}
	rule_free(rule);
	problems_free(problems);
}

static void check_esp(struct span yaml)
{
	struct problems *problems = problems_new();
	struct esp *esp = esp_read(yaml.ptr, yaml.len, NULL, problems);

	g_assert_true((esp != NULL) == (problems_count(problems) == 0));
	if (esp) {
		g_autofree char *written = esp_write(esp);
		struct esp *back = esp_read(written, strlen(written), NULL, problems);

		g_assert_nonnull(back);
		g_assert_true(same_esp(esp, back));
		g_autofree char *again = esp_write(back);
		g_assert_cmpstr(again, ==, written);
		esp_free(back);
	}
	esp_free(esp);
	problems_free(problems);
}

static void check_text(const char *text)
{
	g_autoptr(GString) yaml = g_string_new(NULL);
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	yaml_put(yaml, 0, "key", text);
	for (const char *p = yaml->str; *p; p++)
		g_assert_true((guchar)*p >= ' ' || (*p == '\n' && !p[1]));
	struct yaml_node *node = yaml_read(yaml->str, yaml->len, NULL, NULL);
	g_assert_nonnull(node);
	g_assert_cmpstr(yaml_get(node, "key")->text, ==, valid);
	yaml_node_free(node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span yaml = {(const char *)data, size};
	g_autofree char *text = g_strndup(yaml.ptr, yaml.len);

	check_rule(yaml);
	check_esp(yaml);
	check_text(text);
	return 0;
}
