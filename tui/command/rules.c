/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial rules: the ruleset on the command line.
 */
#include "tui/command/command.h"
#include "tui/command/coverage.h"
#include "tui/command/export.h"
#include "tui/paths.h"
#include "tui/widget/shown.h"

#include <stdio.h>

/* Reads the directory that a verb names, or the user's ruleset. Returns NULL with a line on stderr
 * where there is none; the caller frees it with ruleset_unref(). */
static struct ruleset *load(
	const struct command_options *options, int argc, char **argv, struct problems *problems)
{
	g_autofree char *dir = argc == 2 ? g_strdup(argv[1]) : paths_ruleset(options->ruleset);
	GError *error = NULL;
	struct ruleset *ruleset = NULL;

	if (argc > 2)
		command_usage(&command_rules);
	else
		ruleset = ruleset_load(dir, problems, &error);
	if (error)
		command_error(error);
	return ruleset;
}

static void print_problems(const struct problems *problems, FILE *to)
{
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);
		g_autofree char *safe = shown_plain(text);

		fprintf(to, "%s\n", safe);
	}
}

static int check(const struct command_options *options, int argc, char **argv)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = load(options, argc, argv, problems);
	int status = COMMAND_FAILED;

	if (ruleset) {
		struct matcher *matcher = matcher_new(ruleset);

		matcher_check(matcher, NULL, problems);
		matcher_unref(matcher);
		size_t count = problems_count(problems);
		print_problems(problems, stdout);
		printf("%u rules, %u providers, %zu problem%s\n", ruleset_rules(ruleset)->len,
			ruleset_esps(ruleset)->len, count, count == 1 ? "" : "s");
		status = count ? COMMAND_NO : COMMAND_OK;
	}
	ruleset_unref(ruleset);
	problems_free(problems);
	return status;
}

/* ---- stats ---- */

struct counts {
	unsigned kinds[ESP_KIND_COUNT], statuses[RULE_STATUS_COUNT];
	unsigned decoded, opaque, match, no_match;
};

static void count_providers(const GPtrArray *esps, struct counts *counts)
{
	for (guint i = 0; i < esps->len; i++)
		counts->kinds[((const struct esp *)esps->pdata[i])->kind]++;
}

static void count_rules(const GPtrArray *rules, struct counts *counts)
{
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		counts->statuses[rule->status]++;
		counts->decoded += rule->decode->len > 0;
		counts->opaque += rule->decode->len == 0;
		counts->match += rule->matches->len;
		counts->no_match += rule->no_matches->len;
	}
}

static void print_count(const char *name, unsigned count)
{
	printf("  %-12s%6u\n", name, count);
}

static void print_counts(const struct ruleset *ruleset, const struct counts *counts)
{
	printf("%-14s%6u\n", "providers", ruleset_esps(ruleset)->len);
	for (unsigned i = 0; i < ESP_KIND_COUNT; i++)
		print_count(esp_kind_name((enum esp_kind)i), counts->kinds[i]);
	printf("%-14s%6u\n", "rules", ruleset_rules(ruleset)->len);
	for (unsigned i = 0; i < RULE_STATUS_COUNT; i++)
		print_count(rule_status_name((enum rule_status)i), counts->statuses[i]);
	print_count("decoded", counts->decoded);
	print_count("opaque", counts->opaque);
	printf("%-14s%6u\n", "tests", counts->match + counts->no_match);
	print_count("match", counts->match);
	print_count("no_match", counts->no_match);
}

/* What cannot be read is not counted, and said on stderr. */
static int stats(const struct command_options *options, int argc, char **argv)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = load(options, argc, argv, problems);
	int status = COMMAND_FAILED;

	if (ruleset) {
		struct counts counts = {0};

		count_providers(ruleset_esps(ruleset), &counts);
		count_rules(ruleset_rules(ruleset), &counts);
		print_problems(problems, stderr);
		print_counts(ruleset, &counts);
		status = problems_count(problems) ? COMMAND_NO : COMMAND_OK;
	}
	ruleset_unref(ruleset);
	problems_free(problems);
	return status;
}

/* ---- verbs ---- */

static const struct command verbs[] = {
	{.name = "check",
		.usage = "[DIR]",
		.help = "check every rule of a ruleset, its tests included",
		.run = check},
	{.name = "stats",
		.usage = "[DIR]",
		.help = "count the providers, rules and tests of a ruleset",
		.run = stats},
	{.name = "coverage",
		.usage = "[--json] QUERY | FILE… | DIR…",
		.help = "list tracker-like links without a rule",
		.run = coverage_run},
	{.name = "export",
		.usage = "[OPTION…] TARGET",
		.help = "write the rules for a mail filter or DNS",
		.run = export_run},
	{0},
};

const struct command command_rules = {.name = "rules", .verbs = verbs};
