/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/undo.h"

#define UNDO_WAIT_MS 3000

struct action {
	char *what;
	GPtrArray *tags; /* NULL: none, or undone */
	char *commit;    /* NULL: none, or undone */
};

struct undo {
	GPtrArray *actions; /* of struct action, the last one last */
};

static void action_free(gpointer data)
{
	struct action *action = data;

	g_free(action->what);
	g_clear_pointer(&action->tags, g_ptr_array_unref);
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

void undo_add(struct undo *undo, const char *what, GPtrArray *tags, const char *commit)
{
	struct action *action = g_new0(struct action, 1);

	action->what = g_strdup(what);
	action->tags = tags;
	action->commit = g_strdup(commit);
	g_ptr_array_add(undo->actions, action);
}

static bool revert(struct action *action, struct repo *repo, GError **error)
{
	g_autofree char *message = NULL;
	char id[REPO_ID_SIZE];

	if (!action->commit)
		return true;
	g_autofree char *line = repo_message_line(action->what, 60);
	message =
		g_strdup_printf("Revert \"%s\"\n\nThis reverts commit %s.\n", line, action->commit);
	if (!repo_revert(repo, action->commit, message, id, error))
		return false;
	g_clear_pointer(&action->commit, g_free);
	return true;
}

static bool restore_tags(struct action *action, struct store *store, GError **error)
{
	g_autofree struct store_tag_change *changes = NULL;
	guint count = action->tags ? action->tags->len : 0;
	GError *failed = NULL;

	changes = g_new(struct store_tag_change, count + 1);
	/* Backwards, so that a tag changed twice ends as it began. */
	for (guint i = 0; i < count; i++) {
		changes[i] = *(const struct store_tag_change *)action->tags->pdata[count - 1 - i];
		changes[i].add = !changes[i].add;
	}
	if (count && !store_tag(store, changes, count, UNDO_WAIT_MS, NULL, &failed)) {
		/* A message that is gone needs no tags back. */
		if (!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND)) {
			g_propagate_error(error, failed);
			return false;
		}
		g_error_free(failed);
	}
	g_clear_pointer(&action->tags, g_ptr_array_unref);
	return true;
}

char *undo_last(struct undo *undo, struct store *store, struct repo *repo, GError **error)
{
	struct action *action;
	char *what;

	if (!undo->actions->len) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "nothing to undo");
		return NULL;
	}
	action = undo->actions->pdata[undo->actions->len - 1];
	if (!revert(action, repo, error) || !restore_tags(action, store, error))
		return NULL;
	what = g_steal_pointer(&action->what);
	g_ptr_array_set_size(undo->actions, (gint)undo->actions->len - 1);
	return what;
}
