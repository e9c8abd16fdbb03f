/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be undone: each action with the tag changes that it made and the commit, if it made one.
 */
#ifndef ESPIAL_TUI_UNDO_H
#define ESPIAL_TUI_UNDO_H

#include "rules/repo.h"
#include "tui/tagger.h"

struct undo;

struct undo *undo_new(void);
void undo_free(struct undo *undo);

/* Remembers an action. `what` says it in a few words; `batch` is that of the tagger which writes
 * its tags (0: none); `commit` is copied (NULL: none). */
void undo_add(struct undo *undo, const char *what, guint batch, const char *commit);
/* The batch has written these changes, of struct store_tag_change. Returns whether it belongs to an
 * action that can be undone. */
bool undo_written(struct undo *undo, guint batch, GPtrArray *changes);

/* Undoes the last action: its commit is reverted by a new one, unless somebody else did that, and
 * its tags are given to the tagger to be put back. It is forgotten once undone, and kept, as far as
 * not yet undone, where something fails. Returns what was undone, NULL with an error (NOT_FOUND:
 * nothing to undo; LOCKED: its tags are being written just now); the caller frees it with g_free().
 */
char *undo_last(struct undo *undo, struct tagger *tagger, struct repo *repo, GError **error);

#endif
