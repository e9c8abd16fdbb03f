/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line.
 */
#include "tui/app.h"
#include "tui/command/command.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>

static const struct command *const commands[] = {&command_decode, &command_scan, &command_rules,
	&command_index, &command_status, &command_volume, &command_report};

/* Where the second column of the help begins. */
#define HELP_COLUMN 32

/* One line, or two where the first column is full. */
static void print_command(const char *name, const struct command *command)
{
	g_autofree char *text = g_strdup_printf("  %s %s", name, command->usage);
	glong width = g_utf8_strlen(text, -1);

	if (width >= HELP_COLUMN) {
		puts(text);
		width = 0;
		*text = '\0';
	}
	printf("%s%*s%s\n", text, (int)(HELP_COLUMN - width), "", command->help);
}

static void print_commands(const struct command *command)
{
	if (!command->verbs)
		print_command(command->name, command);
	for (const struct command *verb = command->verbs; verb && verb->name; verb++) {
		g_autofree char *name = g_strdup_printf("%s %s", command->name, verb->name);

		print_command(name, verb);
	}
}

static void print_help(void)
{
	puts("usage: espial [OPTION…] [QUERY]\n"
	     "       espial [OPTION…] COMMAND …\n\n"
	     "A triage console for people who fight spam: shows the click trackers in the mail of "
	     "a\n"
	     "notmuch store, where they lead, and makes rules for them in a git repository.\n");
	puts("Commands:");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		print_commands(commands[i]);
	puts("\nOptions:\n"
	     "  --config FILE     the notmuch configuration, else as notmuch(1) finds it\n"
	     "  --profile NAME    the notmuch profile\n"
	     "  --ruleset DIR     the ruleset repository (default: $XDG_DATA_HOME/espial/ruleset)\n"
	     "  --script FILE     play keys from a file on a screen in memory\n"
	     "  --help, --version\n\n"
	     "Exit codes: 0 done; 1 done, and the answer is no (a rule fails, a file cannot be "
	     "read);\n"
	     "2 the command line is wrong or nothing could be done. See espial(1).");
}

enum { OPTION_CONFIG = 1000, OPTION_PROFILE, OPTION_RULESET, OPTION_SCRIPT };

static const struct option options[] = {
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"profile", required_argument, NULL, OPTION_PROFILE},
	{"ruleset", required_argument, NULL, OPTION_RULESET},
	{"script", required_argument, NULL, OPTION_SCRIPT},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{0},
};

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct app_options *app)
{
	/* `+`: what follows a command is its own. */
	for (int option; (option = getopt_long(argc, argv, "+hV", options, NULL)) != -1;) {
		switch (option) {
		case OPTION_CONFIG:
			app->store.config = optarg;
			break;
		case OPTION_PROFILE:
			app->store.profile = optarg;
			break;
		case OPTION_RULESET:
			app->ruleset = optarg;
			break;
		case OPTION_SCRIPT:
			app->script = optarg;
			break;
		case 'h':
			print_help();
			return COMMAND_OK;
		case 'V':
			puts("espial " ESPIAL_VERSION);
			return COMMAND_OK;
		default:
			g_printerr("see espial --help\n");
			return COMMAND_FAILED;
		}
	}
	return -1;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; name && i < G_N_ELEMENTS(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct app_options app = {0};
	const struct command *command;
	int status;

	setlocale(LC_ALL, "");
	status = parse(argc, argv, &app);
	if (status >= 0)
		return status;
	command = find_command(argv[optind]);
	if (command) {
		struct command_options given = {app.store, app.ruleset};

		return command_run(command, &given, argc - optind, argv + optind);
	}
	g_autofree char *query = optind < argc ? g_strjoinv(" ", argv + optind) : NULL;
	app.query = query;
	return app_run(&app);
}
