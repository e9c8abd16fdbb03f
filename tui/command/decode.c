/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial decode: where URLs lead.
 */
#include "tui/command/command.h"
#include "tui/command/record.h"
#include "tui/widget/shown.h"

#include <stdio.h>

static void print_safe(const char *before, const char *text)
{
	g_autofree char *safe = shown_plain(text);

	printf("%s%s\n", before, safe);
}

static void print_fields(const struct match *match)
{
	for (guint i = 0; i < match->fields->len; i++) {
		const struct rule_pair *field = match->fields->pdata[i];
		g_autofree char *safe = shown_plain(field->value);

		printf("      %s: %s\n", field->name, safe);
	}
}

static const char *end_text(const struct chain *chain)
{
	switch (chain->end) {
	case CHAIN_PLAIN:
		return "no tracker";
	case CHAIN_OPAQUE:
		return "opaque: only the provider's server knows the destination";
	case CHAIN_LOOP:
		return "loop: the chain comes back to itself";
	case CHAIN_LIMIT:
		return "too many hops";
	default:
		return "";
	}
}

static void print_chain(const struct url *url, const struct chain *chain)
{
	print_safe("", url_href(url));
	for (guint i = 0; i < chain->hops->len; i++) {
		const struct hop *hop = chain->hops->pdata[i];

		printf("  %u. %s\n", i + 1, hop->match->rule->id);
		print_fields(hop->match);
		if (hop->match->next)
			print_safe("      → ", hop->match->next);
	}
	if (chain->end == CHAIN_LANDING)
		print_safe("  landing: ", chain->landing_domain);
	else
		printf("  %s\n", end_text(chain));
}

static void print_json(const char *given, const struct url *url, const struct chain *chain)
{
	json_t *record = json_object();

	json_object_set_new(record, "given", record_text(given));
	json_object_set_new(record, "url", record_text(url_href(url)));
	record_set_chain(record, chain, 0);
	json_object_del(record, "signals");
	record_print(record);
}

static bool decode_one(struct matcher *matcher, const char *text, bool json)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	struct chain *chain;

	if (!url) {
		g_autofree char *safe = shown_plain(text);
		g_printerr("espial: not an absolute URL: %s\n", safe);
		return false;
	}
	chain = chain_follow(matcher, url);
	if (json)
		print_json(text, url, chain);
	else
		print_chain(url, chain);
	chain_free(chain);
	url_free(url);
	return true;
}

static int run(const struct command_options *options, int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	int first = json ? 2 : 1;
	int status = COMMAND_OK;
	struct matcher *matcher;

	if (argc <= first)
		return command_usage(&command_decode);
	matcher = command_matcher(options);
	if (!matcher)
		return COMMAND_FAILED;
	for (int i = first; i < argc; i++)
		if (!decode_one(matcher, argv[i], json))
			status = COMMAND_NO;
	command_report_quarantined(matcher);
	matcher_unref(matcher);
	return status;
}

const struct command command_decode = {.name = "decode",
	.usage = "[--json] URL…",
	.help = "show where URLs lead, hop by hop",
	.run = run};
