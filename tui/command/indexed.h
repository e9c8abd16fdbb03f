/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For verbs that answer out of the link index: the store, the rules and the index, up to date.
 */
#ifndef ESPIAL_TUI_COMMAND_INDEXED_H
#define ESPIAL_TUI_COMMAND_INDEXED_H

#include "tui/command/command.h"
#include "tui/index/index.h"
#include "tui/settings.h"

struct indexed {
	struct store *store;
	struct settings *settings;
	struct matcher *matcher;
	struct index *index;
};

/* Opens them and brings the index in step; says on stderr that it does where that takes long. An
 * index that is whole, but that another program is writing, is used as it is. Returns false where
 * there is none to use, with an error or with what was said on stderr; call indexed_close() all the
 * same. */
bool indexed_open(struct indexed *indexed, const struct command_options *options, GError **error);
void indexed_close(struct indexed *indexed);

#endif
