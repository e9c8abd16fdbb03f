/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial rules: the ruleset on the command line.
 */
#include "tui/command/command.h"
#include "tui/paths.h"
#include "tui/widget/shown.h"

#include <stdio.h>

static int check(const char *dir)
{
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

static int run(const struct command_options *options, int argc, char **argv)
{
	if (argc < 2 || argc > 3 || strcmp(argv[1], "check") != 0)
		return command_usage(&command_rules);
	g_autofree char *dir = argc == 3 ? g_strdup(argv[2]) : paths_ruleset(options->ruleset);
	return check(dir);
}

const struct command command_rules = {
	"rules", "check [DIR]", "check every rule of a ruleset, its tests included", run};
