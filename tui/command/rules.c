/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial rules: the ruleset on the command line.
 */
#include "tui/command/command.h"
#include "tui/command/coverage.h"
#include "tui/paths.h"
#include "tui/widget/shown.h"

#include <stdio.h>

/* The directory that a verb names, or the user's ruleset. */
static char *dir_of(const struct command_options *options, int argc, char **argv)
{
	return argc == 2 ? g_strdup(argv[1]) : paths_ruleset(options->ruleset);
}

static int check(const struct command_options *options, int argc, char **argv)
{
	g_autofree char *dir = dir_of(options, argc, argv);
	struct problems *problems = problems_new();
	GError *error = NULL;
	struct ruleset *ruleset = ruleset_load(dir, problems, &error);
	struct matcher *matcher;
	size_t count;

	if (!ruleset) {
		problems_free(problems);
		return command_error(error);
	}
	matcher = matcher_new(ruleset);
	matcher_check(matcher, NULL, problems);
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);
		g_autofree char *safe = shown_plain(text);

		puts(safe);
	}
	count = problems_count(problems);
	printf("%u rules, %u providers, %zu problem%s\n", ruleset_rules(ruleset)->len,
		ruleset_esps(ruleset)->len, count, count == 1 ? "" : "s");
	matcher_unref(matcher);
	ruleset_unref(ruleset);
	problems_free(problems);
	return count ? COMMAND_NO : COMMAND_OK;
}

static const struct {
	const char *name;
	int (*run)(const struct command_options *options, int argc, char **argv);
} verbs[] = {
	{"check", check},
	{"coverage", coverage_run},
};

static int run(const struct command_options *options, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(options, argc - 1, argv + 1);
	return command_usage(&command_rules);
}

const struct command command_rules = {"rules",
	"check [DIR] | coverage [--json] QUERY | FILE… | DIR…",
	"check every rule, its tests included; list tracker-like links without a rule", run};
