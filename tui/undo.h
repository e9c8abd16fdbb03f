/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be undone: each action with the tag changes that it made and the commit, if it made one.
 */
#ifndef ESPIAL_TUI_UNDO_H
#define ESPIAL_TUI_UNDO_H

#include "rules/repo.h"
#include "tui/mail/store.h"

struct undo;

struct undo *undo_new(void);
void undo_free(struct undo *undo);

/* Remembers an action. `what` says it in a few words; `tags`, of struct store_tag_change, is taken
 * over (NULL: none); `commit` is copied (NULL: none). */
void undo_add(struct undo *undo, const char *what, GPtrArray *tags, const char *commit);

/* Undoes the last action: the tags as they were, the commit reverted by a new one. It is forgotten
 * once undone, and kept, as far as not yet undone, where something fails. Returns what was undone,
 * NULL with an error (NOT_FOUND: nothing to undo); the caller frees it with g_free(). */
char *undo_last(struct undo *undo, struct store *store, struct repo *repo, GError **error);

#endif
