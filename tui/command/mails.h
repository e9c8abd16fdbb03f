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
	/* Called before waiting for more names to be read from `fd`; may be NULL. */
	void (*wait)(void *user, int fd);
	void *user;
};

/* Visits what `names` name: where each is there, or begins with `/`, `./` or `../`, they are files
 * and directories, else a query. Directories are read in order of their names; links in them are
 * not followed. Returns false with an error where the store or the query fails. */
bool mails_visit(const struct command_options *options, int count, char **names,
	const struct mails_visitor *visitor, GError **error);

/* Visits the files and directories whose names are read from `fd`, each ended by `end`: a newline
 * or NUL. Empty ones are passed over, those longer than a path can be are reported. Returns false
 * with an error where `fd` cannot be read. */
bool mails_visit_listed(int fd, char end, const struct mails_visitor *visitor, GError **error);

#endif
