/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Volume over time out of the link index: messages counted by provider, by day, week or month. A
 * message counts once for each provider whose trackers it carries.
 *
 * docs/volume.md says what the figures mean.
 */
#ifndef ESPIAL_TUI_INDEX_VOLUME_H
#define ESPIAL_TUI_INDEX_VOLUME_H

#include "tui/index/days.h"
#include "tui/index/index.h"

enum volume_by { VOLUME_DAY, VOLUME_WEEK, VOLUME_MONTH };
#define VOLUME_BYS 3

/* More buckets than these there are never: the newest are kept. */
#define VOLUME_MAX_BUCKETS 5000
/* Providers that can have a series of their own. */
#define VOLUME_MAX_TOP 24

/* Strings and arrays belong to the caller. */
struct volume_filter {
	const GPtrArray *within;  /* of char *, message ids; NULL: all messages */
	const char *esp;          /* only of this provider; NULL: all */
	bool off_network;         /* only of messages sent off the provider's network */
	guint32 from, to;         /* days, both included; 0: open */
	bool (*stop)(void *user); /* asked now and then whether to give up; NULL: never */
	void *user;
};

/* Weeks begin on Monday. The first and the last bucket can reach beyond `from` and `to`: then they
 * are not full. */
struct volume_bucket {
	guint32 first, last; /* days, both included */
	guint32 messages;    /* different ones */
};

struct volume_series {
	char *esp;       /* NULL: all that have no series of their own, together */
	gint64 total;    /* of the counts */
	guint32 *counts; /* one for each bucket */
};

struct volume {
	enum volume_by by;
	GArray *buckets;   /* of struct volume_bucket, oldest first, without gaps */
	GPtrArray *series; /* of struct volume_series: the largest first, the others last */
	guint esps;        /* providers with a message in the buckets */
	gint64 messages;   /* different ones in the buckets */
	gint64 later;      /* different ones dated after `to` */
	gint64 undated;    /* different ones without a date */
	bool cut;          /* there were more buckets than VOLUME_MAX_BUCKETS */
};

const char *volume_by_name(enum volume_by by); /* `day` */
bool volume_by_parse(const char *name, enum volume_by *by);
/* What a bucket is called: its first day, of a week too; `2026-11` for a month. Returns `text`. */
const char *volume_label(
	enum volume_by by, const struct volume_bucket *bucket, char text[DAYS_TEXT]);

/* Counts, with a series for each of the `top` largest providers. From the first message, or `from`,
 * to the last one, or `to`. Errors: IO, CANCELLED (stop() said so). The caller frees it with
 * volume_free(). */
struct volume *volume_read(struct index *index, const struct volume_filter *filter,
	enum volume_by by, guint top, GError **error);
/* The same up to `today`, which `filter->to` is set to: one mail of the far future must not be all
 * there is to see. Where there is no other mail it stays open. */
struct volume *volume_read_today(struct index *index, struct volume_filter *filter, guint32 today,
	enum volume_by by, guint top, GError **error);
void volume_free(struct volume *volume);
const struct volume_bucket *volume_bucket(const struct volume *volume, guint i);

/* The messages that the bucket counts, newest first: ids, of char *. As volume_read(); the caller
 * frees it with g_ptr_array_unref(). */
GPtrArray *volume_messages(struct index *index, const struct volume_filter *filter,
	const struct volume_bucket *bucket, GError **error);

/* ---- what is known of each provider ---- */

struct volume_facts {
	char *esp;
	gint64 messages;
	gint64 off, on;     /* of them, sent off and on the provider's network */
	gint64 domains;     /* different hosts of its trackers */
	gint64 trial;       /* messages with a tracker on a trial domain */
	gint64 first, last; /* dates of messages */
};

/* The providers of the messages that pass the filter, those of most messages first. `trial`:
 * domains, of char *, that are known to be of trial accounts, also what is under them; NULL: none.
 * Errors as volume_read(); the caller frees it with g_ptr_array_unref(). */
GPtrArray *volume_facts_read(struct index *index, const struct volume_filter *filter,
	const GPtrArray *trial, GError **error);

/* ---- before and after a provider was notified ---- */

/* Days before that are looked at, and what counts as of late. */
#define VOLUME_BEFORE_DAYS 28
#define VOLUME_RECENT_DAYS 14

enum volume_outcome {
	VOLUME_TOO_EARLY, /* less than a week ago */
	VOLUME_TOO_FEW,   /* too few messages to tell */
	VOLUME_FIXED,     /* none of late */
	VOLUME_IMPROVED,  /* of late at most half as many as before */
	VOLUME_STILL,     /* still abused */
};

struct volume_change {
	guint32 notified; /* the day; it counts neither as before nor as after */
	/* Messages, and days that they are of. Before: up to VOLUME_BEFORE_DAYS, from the first one
	 * with a message, but at least a week. */
	guint before, before_days;
	guint after, after_days;
	guint recent, recent_days, recent_active; /* active: days with a message */
	enum volume_outcome outcome;
};

const char *volume_outcome_text(enum volume_outcome outcome); /* `still abused` */

/* What a count by day, with a series of its own for the provider (else it has had no message), says
 * up to its last day. Begin it VOLUME_BEFORE_DAYS before `notified`. */
struct volume_change volume_change(const struct volume *daily, const char *esp, guint32 notified);

/* Reads that for providers: `notified` has ids and days (GUINT_TO_POINTER) up to `today`. The
 * result has struct volume_change by id; NULL with an error, as volume_read(). The caller frees it
 * with g_hash_table_unref(). Of the filter, `from` and `to` do not count. */
GHashTable *volume_changes_read(struct index *index, const struct volume_filter *filter,
	GHashTable *notified, guint32 today, GError **error);

#endif
