/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A batch is a file <number>.json: what it is for, and its changes. One batch is written at a time,
 * the oldest first, in pieces, so that others get at the store in between.
 */
#include "tui/tagger.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

/* Changes in one writing session. */
#define PIECE 1000
/* How long one piece waits for another writer, and how often it is tried. */
#define WAIT_MS 1000
#define TRIES 10

struct batch {
	guint number;
	char *file;
	char *what;
	GPtrArray *changes; /* of struct store_tag_change */
};

struct tagger {
	struct worker *worker;
	const struct store *store;
	char *dir;
	struct tagger_events events;
	GPtrArray *batches; /* of struct batch, the oldest first */
	struct job *job;    /* writes batches[0]; NULL */
	bool blocked;       /* the last batch found the store locked */
	guint last;         /* number given out */
};

static void batch_free(gpointer data)
{
	struct batch *batch = data;

	g_free(batch->file);
	g_free(batch->what);
	g_ptr_array_unref(batch->changes);
	g_free(batch);
}

/* ---- files ---- */

static json_t *change_to_json(const struct store_tag_change *change)
{
	return json_pack("{s:s, s:s, s:b}", "id", change->id, "tag", change->tag, "add",
		change->add ? 1 : 0);
}

static char *batch_to_text(const struct batch *batch)
{
	json_t *changes = json_array();
	json_t *root = json_pack("{s:s, s:o}", "what", batch->what, "changes", changes);
	char *text;

	for (guint i = 0; i < batch->changes->len; i++)
		json_array_append_new(changes, change_to_json(batch->changes->pdata[i]));
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	return text;
}

static bool keep(const struct batch *batch, const char *dir, GError **error)
{
	g_autofree char *text = batch_to_text(batch);
	GError *failed = NULL;

	if (!text) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
			"a message id or tag is not UTF-8: it cannot be labelled");
		return false;
	}
	if (g_mkdir_with_parents(dir, 0700) == 0 &&
		g_file_set_contents_full(batch->file, text, -1,
			G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
			&failed))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "labels cannot be kept: %s",
		failed ? failed->message : g_strerror(errno));
	g_clear_error(&failed);
	return false;
}

static GPtrArray *changes_of_json(const json_t *list)
{
	GPtrArray *changes = store_tag_changes_new();
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		const char *id = json_string_value(json_object_get(item, "id"));
		const char *tag = json_string_value(json_object_get(item, "tag"));

		if (id && tag)
			store_tag_changes_add(
				changes, id, tag, json_is_true(json_object_get(item, "add")));
	}
	return changes;
}

/* NULL where it is no batch. */
static struct batch *batch_read(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	json_t *root = g_str_has_suffix(name, ".json") ? json_load_file(path, 0, NULL) : NULL;
	const char *what = json_string_value(json_object_get(root, "what"));
	struct batch *batch = NULL;

	if (what) {
		batch = g_new0(struct batch, 1);
		batch->file = g_steal_pointer(&path);
		batch->what = g_strdup(what);
		batch->changes = changes_of_json(json_object_get(root, "changes"));
	}
	json_decref(root);
	return batch;
}

static gint by_file(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct batch *const *)a)->file, (*(struct batch *const *)b)->file);
}

static void read_kept(struct tagger *tagger)
{
	GDir *dir = g_dir_open(tagger->dir, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		struct batch *batch = batch_read(tagger->dir, name);

		if (!batch)
			continue;
		batch->number = ++tagger->last;
		g_ptr_array_add(tagger->batches, batch);
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(tagger->batches, by_file);
}

/* Sorts by time; two processes never take the same. */
static char *new_file(struct tagger *tagger)
{
	g_autofree char *name = g_strdup_printf("%016" G_GINT64_MODIFIER "x-%d-%u.json",
		(guint64)g_get_real_time(), (int)getpid(), tagger->last);

	return g_build_filename(tagger->dir, name, NULL);
}

/* ---- the job ---- */

struct writing {
	const struct store *store; /* to open again; outlives all jobs */
	GPtrArray *changes;
};

struct report {
	unsigned done, total; /* messages; in reports of progress */
	bool ended;
	GPtrArray *effective;
	GError *error;
};

static void writing_free(gpointer data)
{
	struct writing *writing = data;

	g_ptr_array_unref(writing->changes);
	g_free(writing);
}

static void report_free(gpointer data)
{
	struct report *report = data;

	g_clear_pointer(&report->effective, g_ptr_array_unref);
	g_clear_error(&report->error);
	g_free(report);
}

/* A piece ends between two messages. */
static size_t piece_from(const struct store_tag_change *changes, size_t left)
{
	size_t count = MIN(left, PIECE);

	while (count < left && strcmp(changes[count].id, changes[count - 1].id) == 0)
		count++;
	return count;
}

static bool write_piece(struct job *job, struct store *store,
	const struct store_tag_change *changes, size_t count, GPtrArray *effective, GError **error)
{
	for (int try = 1;; try++) {
		GPtrArray *done = NULL;
		GError *failed = NULL;
		bool written = store_tag(store, changes, count, WAIT_MS, &done, &failed);

		if (done)
			g_ptr_array_extend_and_steal(effective, done);
		if (written)
			return true;
		if (!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED) || try == TRIES ||
			job_cancelled(job)) {
			g_propagate_error(error, failed);
			return false;
		}
		g_error_free(failed);
	}
}

static unsigned messages_in(const struct store_tag_change *changes, size_t count)
{
	unsigned messages = 0;

	for (size_t i = 0; i < count; i++)
		messages += i == 0 || strcmp(changes[i].id, changes[i - 1].id) != 0;
	return messages;
}

static void write_all(struct job *job, struct store *store, const struct store_tag_change *changes,
	size_t count, struct report *end)
{
	unsigned total = messages_in(changes, count), done = 0;
	GError *gone = NULL;

	for (size_t at = 0, piece; at < count && !end->error && !job_cancelled(job); at += piece) {
		struct report *progress = g_new0(struct report, 1);

		piece = piece_from(changes + at, count - at);
		if (!write_piece(job, store, changes + at, piece, end->effective, &end->error) &&
			g_error_matches(end->error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND)) {
			/* Some messages are gone; the others go on. */
			g_clear_error(&gone);
			gone = g_steal_pointer(&end->error);
		}
		done += messages_in(changes + at, piece);
		progress->done = done;
		progress->total = total;
		job_post(job, progress);
	}
	if (gone && !end->error)
		end->error = g_steal_pointer(&gone);
	g_clear_error(&gone);
}

static void run(struct job *job, void *data)
{
	struct writing *writing = data;
	struct report *end = g_new0(struct report, 1);
	struct store *store = store_open_again(writing->store, &end->error);
	size_t count = writing->changes->len;
	g_autofree struct store_tag_change *changes = g_new(struct store_tag_change, count + 1);

	end->ended = true;
	end->effective = store_tag_changes_new();
	for (size_t i = 0; i < count; i++)
		changes[i] = *(const struct store_tag_change *)writing->changes->pdata[i];
	if (store)
		write_all(job, store, changes, count, end);
	store_close(store);
	job_post(job, end);
}

/* ---- the queue ---- */

static void start(struct tagger *tagger);

/* A batch whose store is locked stays first. One that fails otherwise lets the others go on, and
 * its file is there for the next run; one that is written, or whose messages are gone, is done. */
static void end_batch(struct tagger *tagger, const struct report *report)
{
	struct batch *batch = tagger->batches->pdata[0];
	bool gone = g_error_matches(report->error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND);

	tagger->blocked = g_error_matches(report->error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED);
	if (!report->error || gone)
		g_unlink(batch->file);
	if (!tagger->blocked)
		g_ptr_array_steal_index(tagger->batches, 0);
	tagger->events.written(
		tagger->events.user, batch->number, batch->what, report->effective, report->error);
	if (!tagger->blocked)
		batch_free(batch);
}

static void deliver(void *user, void *item)
{
	struct tagger *tagger = user;
	struct report *report = item;

	if (!report) {
		tagger->job = NULL;
		if (!tagger->blocked)
			start(tagger);
	} else if (report->ended) {
		end_batch(tagger, report);
	} else {
		const struct batch *batch = tagger->batches->pdata[0];

		tagger->events.progress(
			tagger->events.user, batch->what, report->done, report->total);
	}
}

static void start(struct tagger *tagger)
{
	struct writing *writing;
	struct batch *batch;

	if (tagger->job || !tagger->batches->len)
		return;
	batch = tagger->batches->pdata[0];
	writing = g_new0(struct writing, 1);
	writing->store = tagger->store;
	writing->changes = g_ptr_array_ref(batch->changes);
	struct job_spec spec = {run, writing, writing_free, deliver, report_free, tagger};
	tagger->job = worker_start(tagger->worker, &spec);
}

struct tagger *tagger_new(struct worker *worker, const struct store *store, const char *dir,
	const struct tagger_events *events)
{
	struct tagger *tagger = g_new0(struct tagger, 1);

	tagger->worker = worker;
	tagger->store = store;
	tagger->dir = g_strdup(dir);
	tagger->events = *events;
	tagger->batches = g_ptr_array_new_with_free_func(batch_free);
	read_kept(tagger);
	return tagger;
}

void tagger_free(struct tagger *tagger)
{
	if (!tagger)
		return;
	job_cancel(tagger->job);
	g_ptr_array_unref(tagger->batches);
	g_free(tagger->dir);
	g_free(tagger);
}

guint tagger_add(struct tagger *tagger, const char *what, GPtrArray *changes, GError **error)
{
	struct batch *batch = g_new0(struct batch, 1);

	batch->number = ++tagger->last;
	batch->what = g_strdup(what);
	batch->changes = g_ptr_array_ref(changes);
	batch->file = new_file(tagger);
	if (!keep(batch, tagger->dir, error)) {
		batch_free(batch);
		return 0;
	}
	g_ptr_array_add(tagger->batches, batch);
	start(tagger);
	return batch->number;
}

static guint index_of(const struct tagger *tagger, guint number)
{
	guint i = 0;

	while (i < tagger->batches->len &&
		((struct batch *)tagger->batches->pdata[i])->number != number)
		i++;
	return i;
}

bool tagger_cancel(struct tagger *tagger, guint number)
{
	guint i = index_of(tagger, number);

	if (i >= tagger->batches->len || (i == 0 && tagger->job))
		return false;
	g_unlink(((struct batch *)tagger->batches->pdata[i])->file);
	g_ptr_array_remove_index(tagger->batches, i);
	return true;
}

bool tagger_has(const struct tagger *tagger, guint number)
{
	return index_of(tagger, number) < tagger->batches->len;
}

unsigned tagger_waiting(const struct tagger *tagger)
{
	return tagger->batches->len;
}

void tagger_retry(struct tagger *tagger)
{
	start(tagger);
}
