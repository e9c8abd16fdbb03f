/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/undo.h"

struct action {
	char *what;
	guint batch;     /* of its tags, which may still be on their way */
	GPtrArray *tags; /* that were changed */
	char *commit;    /* NULL: none, or undone */
};

struct undo {
	GPtrArray *actions; /* of struct action, the last one last */
};

static void action_free(gpointer data)
{
	struct action *action = data;

	g_free(action->what);
	g_ptr_array_unref(action->tags);
	g_free(action->commit);
	g_free(action);
}

struct undo *undo_new(void)
{
	struct undo *undo = g_new0(struct undo, 1);

	undo->actions = g_ptr_array_new_with_free_func(action_free);
	return undo;
}

void undo_free(struct undo *undo)
{
	if (!undo)
		return;
	g_ptr_array_unref(undo->actions);
	g_free(undo);
}

void undo_add(struct undo *undo, const char *what, guint batch, const char *commit)
{
	struct action *action = g_new0(struct action, 1);

	action->what = g_strdup(what);
	action->batch = batch;
	action->tags = store_tag_changes_new();
	action->commit = g_strdup(commit);
	g_ptr_array_add(undo->actions, action);
}

/* A locked store may take a batch in several goes. */
bool undo_written(struct undo *undo, guint batch, GPtrArray *changes)
{
	struct action *action = NULL;

	for (guint i = 0; batch && i < undo->actions->len && !action; i++)
		if (((struct action *)undo->actions->pdata[i])->batch == batch)
			action = undo->actions->pdata[i];
	for (guint c = 0; action && c < changes->len; c++) {
		const struct store_tag_change *change = changes->pdata[c];

		store_tag_changes_add(action->tags, change->id, change->tag, change->add);
	}
	return action != NULL;
}

static bool revert(struct action *action, struct repo *repo, GError **error)
{
	g_autofree char *line = repo_message_line(action->what, 60);
	g_autofree char *message = NULL;
	GError *failed = NULL;
	char id[REPO_ID_SIZE];

	if (!action->commit)
		return true;
	message =
		g_strdup_printf("Revert \"%s\"\n\nThis reverts commit %s.\n", line, action->commit);
	/* Where somebody else has undone the commit, the tags are still to be. */
	if (!repo_revert(repo, action->commit, message, id, &failed) &&
		!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND)) {
		g_propagate_error(error, failed);
		return false;
	}
	g_clear_error(&failed);
	g_clear_pointer(&action->commit, g_free);
	return true;
}

/* Backwards, so that a tag changed twice ends as it began. */
static GPtrArray *reversed(const GPtrArray *tags)
{
	GPtrArray *changes = store_tag_changes_new();

	for (guint i = tags->len; i-- > 0;) {
		const struct store_tag_change *change = tags->pdata[i];

		store_tag_changes_add(changes, change->id, change->tag, !change->add);
	}
	return changes;
}

static bool restore_tags(struct action *action, struct tagger *tagger, GError **error)
{
	g_autoptr(GPtrArray) changes = reversed(action->tags);
	g_autofree char *what = g_strdup_printf("undo %s", action->what);

	return !changes->len || tagger_add(tagger, what, changes, error);
}

char *undo_last(struct undo *undo, struct tagger *tagger, struct repo *repo, GError **error)
{
	struct action *action;
	char *what;

	if (!undo->actions->len) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "nothing to undo");
		return NULL;
	}
	action = undo->actions->pdata[undo->actions->len - 1];
	if (tagger_has(tagger, action->batch) && !tagger_cancel(tagger, action->batch)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED,
			"the labels are being written just now: undo in a moment");
		return NULL;
	}
	if (!revert(action, repo, error) || !restore_tags(action, tagger, error))
		return NULL;
	what = g_steal_pointer(&action->what);
	g_ptr_array_set_size(undo->actions, (gint)undo->actions->len - 1);
	return what;
}
