/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verbs of the command line that need no terminal: one file each.
 */
#ifndef ESPIAL_TUI_COMMAND_COMMAND_H
#define ESPIAL_TUI_COMMAND_COMMAND_H

#include "rules/matcher.h"
#include "tui/mail/store.h"

/* Exit codes: what was asked was done; it was done, and the answer is no (a rule fails, a file
 * could not be read); the command line is wrong, or nothing could be done. */
enum { COMMAND_OK = 0, COMMAND_NO = 1, COMMAND_FAILED = 2 };

/* What goes for every verb. */
struct command_options {
	struct store_options store;
	const char *ruleset; /* --ruleset; NULL: the user's, or the shipped catalogue where there is
				none yet */
};

struct command {
	const char *name;
	const char *usage; /* what follows the name */
	const char *help;  /* one line */
	int (*run)(const struct command_options *options, int argc,
		char **argv); /* argv[0] is the name */
	/* In place of these three: what the name is followed by, ended by one without a name. */
	const struct command *verbs;
};

extern const struct command command_decode, command_scan, command_rules, command_index,
	command_status, command_volume, command_report;

/* The rules to use; prints problems to stderr. NULL, with a line on stderr, where there are none.
 * The caller frees it with matcher_unref(). */
struct matcher *command_matcher(const struct command_options *options);

/* Where these are; the caller frees it with g_free(). */
char *command_ruleset_dir(const struct command_options *options);

/* Runs a command, or the verb of it that argv[1] names. Returns the exit code. */
int command_run(const struct command *command, const struct command_options *options, int argc,
	char **argv);

/* Says on stderr which rules are out of use since a pattern of theirs hit its match limit, where
 * there are more than at the last call. */
void command_report_quarantined(const struct matcher *matcher);

/* Prints `espial: …` to stderr, display-safe, and frees the error. Returns COMMAND_FAILED. */
int command_error(GError *error);
/* Prints how a command is used, with all its verbs, to stderr. Returns COMMAND_FAILED. */
int command_usage(const struct command *command);

#endif
