/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command/command.h"

#include "tui/paths.h"
#include "tui/widget/shown.h"

static void print_problems(const struct problems *problems)
{
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);
		g_autofree char *safe = shown_plain(text);

		g_printerr("espial: %s\n", safe);
	}
}

char *command_ruleset_dir(const struct command_options *options)
{
	g_autofree char *own = paths_ruleset(options->ruleset);

	return g_strdup(
		options->ruleset || g_file_test(own, G_FILE_TEST_IS_DIR) ? own : paths_catalogue());
}

struct matcher *command_matcher(const struct command_options *options)
{
	g_autofree char *dir = command_ruleset_dir(options);
	struct problems *problems = problems_new();
	GError *error = NULL;
	struct ruleset *ruleset = ruleset_load(dir, problems, &error);
	struct matcher *matcher = ruleset ? matcher_new(ruleset) : NULL;

	print_problems(problems);
	problems_free(problems);
	ruleset_unref(ruleset);
	if (error)
		command_error(error);
	return matcher;
}

int command_error(GError *error)
{
	g_autofree char *safe = shown_plain(error->message);

	g_printerr("espial: %s\n", safe);
	g_error_free(error);
	return COMMAND_FAILED;
}

void command_report_quarantined(const struct matcher *matcher)
{
	static size_t reported;
	struct problems *problems = problems_new();
	size_t count = matcher_quarantined(matcher, problems);

	if (count > reported)
		print_problems(problems);
	reported = count;
	problems_free(problems);
}

int command_usage(const struct command *command)
{
	const char *before = "usage:";

	if (!command->verbs)
		g_printerr("usage: espial %s %s\n", command->name, command->usage);
	for (const struct command *verb = command->verbs; verb && verb->name; verb++) {
		g_printerr(
			"%-6s espial %s %s %s\n", before, command->name, verb->name, verb->usage);
		before = "";
	}
	return COMMAND_FAILED;
}

int command_run(
	const struct command *command, const struct command_options *options, int argc, char **argv)
{
	if (!command->verbs)
		return command->run(options, argc, argv);
	for (const struct command *verb = command->verbs; argc > 1 && verb->name; verb++)
		if (strcmp(verb->name, argv[1]) == 0)
			return verb->run(options, argc - 1, argv + 1);
	return command_usage(command);
}
