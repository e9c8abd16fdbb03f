/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Sieve script (RFC 5228) that looks for links in the text of mail as it stands: it knows nothing
 * of HTML, nor of URLs. Needs body (RFC 5173), imap4flags (RFC 5232) and regex
 * (draft-ietf-sieve-regex).
 */
#include "rules/export/url_regex.h"
#include "rules/export/writer.h"
#include "rules/regex.h"

#include <regex.h>

static void put_string(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

/* ---- links ---- */

static bool found(const regex_t *posix, const GPtrArray *tests, bool expected)
{
	for (guint i = 0; i < tests->len; i++) {
		const char *url = ((const struct rule_test *)tests->pdata[i])->url;

		if ((regexec(posix, url, 0, NULL, 0) == 0) != expected)
			return false;
	}
	return true;
}

/* Why the expression does not tell the tests apart; NULL where it does. */
static const char *prove(const struct rule *rule, const char *regex)
{
	const char *why = NULL;
	regex_t posix;

	if (regcomp(&posix, regex, REG_EXTENDED | REG_NOSUB) != 0)
		return "no expression can be made of it";
	if (!found(&posix, rule->matches, true))
		why = "its tests do not match";
	else if (!found(&posix, rule->no_matches, false))
		why = "its negative tests match";
	regfree(&posix);
	return why;
}

/* Appends the rule to the list of its provider; whether there is something to append. */
static bool put_rule(GString *list, const struct export_input *input, const struct rule *rule,
	struct export *export)
{
	g_autofree char *why = NULL, *regex = url_regex_posix(rule, &why);

	if (regex)
		why = g_strdup(prove(rule, regex));
	if (why) {
		export_leave_out(export, rule->id, "no test of the body: %s", why);
		return false;
	}
	g_string_append(list, list->len ? ",\n" : "");
	export_trace(list, "  #", input, rule->id);
	g_string_append(list, "  ");
	put_string(list, regex);
	return true;
}

static void put_test(GString *out, const char *comparator, const GString *list, const char *flag)
{
	g_string_append_printf(out,
		"\nif body :content \"text\" :comparator \"%s\" :regex [\n%s\n] {\n  addflag ",
		comparator, list->str);
	put_string(out, flag);
	g_string_append(out, ";\n}\n");
}

static void put_esp(GString *out, const struct export_input *input, const GPtrArray *rules,
	const struct esp *esp, struct export *export)
{
	g_autoptr(GString) list = g_string_new(NULL);
	g_autofree char *flag = g_strdup_printf("espial-%s", esp->id);
	bool any = false;

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (strcmp(rule->esp, esp->id) == 0)
			any |= put_rule(list, input, rule, export);
	}
	if (any)
		put_test(out, "i;octet", list, flag);
}

/* ---- landing domains ---- */

static void put_landings(GString *out, const struct export_input *input)
{
	const GPtrArray *landings = input->evidence->landings;
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint i = 0; i < landings->len; i++) {
		const struct evidence_item *item = landings->pdata[i];
		g_autoptr(GString) regex = g_string_new("https?://([-.@a-z0-9_:%]*[.@])?");

		regex_literal_write(regex, span_from(item->name));
		g_string_append(regex, "([^-.@0-9a-z_]|$)");
		g_string_append(list, i ? ",\n" : "");
		export_evidence(list, "  #", input, item);
		g_string_append(list, "  ");
		put_string(list, regex->str);
	}
	if (landings->len)
		put_test(out, "i;ascii-casemap", list, "espial-landing");
}

void export_sieve(const struct export_input *input, struct export *export)
{
	GString *out = export_file_add(export, "espial.sieve");
	g_autoptr(GPtrArray) rules = export_rules(input, export);
	g_autoptr(GPtrArray) esps = export_esps(input, rules);

	export_head(out, "#", input, "Flags for mail with tracker links");
	g_string_append(out, "require [\"body\", \"regex\", \"imap4flags\"];\n");
	for (guint i = 0; i < esps->len; i++)
		put_esp(out, input, rules, esps->pdata[i], export);
	if (input->evidence)
		put_landings(out, input);
	export_tail(out, "#", export);
}
