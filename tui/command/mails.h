/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mail that a command line names: files, directories, or a query of the store.
 */
#ifndef ESPIAL_TUI_COMMAND_MAILS_H
#define ESPIAL_TUI_COMMAND_MAILS_H

#include "tui/command/command.h"

struct mails_visitor {
	void (*mail)(void *user, const char *path);
	/* A file, directory or message (`id:…`) that cannot be read. The error is the visitor's. */
	void (*failed)(void *user, const char *name, GError *error);
	void *user;
};

/* Visits what `names` name: where all of them are there they are files and directories, else a
 * query. Directories are read in order of their names; links in them are not followed. Returns
 * false with an error where the store or the query fails. */
bool mails_visit(const struct command_options *options, int count, char **names,
	const struct mails_visitor *visitor, GError **error);

#endif
