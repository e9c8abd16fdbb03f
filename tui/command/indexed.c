/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command/indexed.h"

#include "tui/mail/message.h"
#include "tui/paths.h"

/* What takes less is not worth a line. */
#define SILENT_USEC (G_USEC_PER_SEC / 2)

struct progress {
	gint64 start;
	bool said;
};

static bool on_progress(void *user, const char *what, unsigned done, unsigned total)
{
	struct progress *progress = user;

	(void)what;
	(void)done;
	(void)total;
	if (!progress->said && g_get_monotonic_time() - progress->start > SILENT_USEC) {
		g_printerr("espial: bringing the link index up to date…\n");
		progress->said = true;
	}
	return true;
}

static bool catch_up(struct indexed *indexed, GError **error)
{
	struct progress progress = {g_get_monotonic_time(), false};
	GError *failed = NULL;

	if (index_update(indexed->index, indexed->store, indexed->matcher, on_progress, &progress,
		    &failed))
		return true;
	if (!index_is_whole(indexed->index)) {
		g_propagate_error(error, failed);
		return false;
	}
	g_printerr("espial: the link index may lack what came last\n");
	command_error(failed);
	return true;
}

static struct index *open_index(
	const struct command_options *options, const struct store *store, GError **error)
{
	g_autofree char *dir = paths_index();
	g_autofree char *ruleset = paths_ruleset(options->ruleset);
	g_autofree char *file = index_file(dir, store_path(store), ruleset);

	return index_open(file, error);
}

bool indexed_open(struct indexed *indexed, const struct command_options *options, GError **error)
{
	memset(indexed, 0, sizeof(*indexed));
	indexed->matcher = command_matcher(options);
	if (!indexed->matcher)
		return false;
	message_library_init();
	indexed->store = store_open(&options->store, error);
	if (!indexed->store)
		return false;
	indexed->settings = settings_load(indexed->store);
	indexed->index = open_index(options, indexed->store, error);
	if (!indexed->index)
		return false;
	index_set_trust(indexed->index, indexed->settings->trust);
	return catch_up(indexed, error);
}

void indexed_close(struct indexed *indexed)
{
	index_close(indexed->index);
	settings_free(indexed->settings);
	store_close(indexed->store);
	if (indexed->matcher)
		matcher_unref(indexed->matcher);
}
