/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/error.h"
#include "tui/report/redact.h"
#include "tui/report/report_internal.h"
#include "tui/widget/shown.h"

#include <stdio.h>

/* Different recipients: more are more than can be looked for everywhere. */
#define MAX_ADDRESSES 50000
/* Messages out of which the sample is chosen, newest first. */
#define SAMPLE_TRIES 20
/* Links of the sample that are followed to what identifies its recipient. */
#define SAMPLE_LINKS 500
/* Of a message, as far as its headers go. */
#define HEADERS_MAX ((size_t)256 << 10)
#define UNSENT "say who reports: notmuch config set espial.report_from 'Name <address>'"

struct making {
	const struct report_source *source;
	const struct report_request *request;
	struct identities *identities;
	struct report *report;
	GError **error;
};

/* ---- addresses ---- */

char *report_address(const char *mailbox)
{
	const char *open = strrchr(mailbox, '<');
	const char *from = open ? open + 1 : mailbox;

	return g_strstrip(g_strndup(from, strcspn(from, ">")));
}

char *report_name(const char *mailbox, const char *fallback)
{
	const char *open = strrchr(mailbox, '<');
	g_autofree char *name = g_strndup(mailbox, open ? (size_t)(open - mailbox) : 0);

	g_strdelimit(name, "\"", ' ');
	g_strstrip(name);
	return g_strdup(*name ? name : fallback);
}

char *report_day(gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);

	return date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");
}

static bool is_mailbox(const char *text)
{
	g_autofree char *address = report_address(text);
	const char *at = strchr(address, '@');

	return at && at > address && at[1] && g_str_is_ascii(address) &&
	       !strpbrk(address, " \t\r\n,;<>\"") && !strpbrk(text, "\r\n");
}

/* Whoever says in the settings that an address may be shown is believed; git's may be a trap's. */
static void choose_sender(struct making *making)
{
	const char *given = making->source->settings->report_from;
	const char *from = given ? given : making->source->identity;
	g_autofree char *found = NULL;

	if (from && !given)
		found = redact_find(making->identities, span_from(from), REDACT_SURE);
	if (from && !found && is_mailbox(from))
		making->report->from = g_strdup(from);
	else
		making->report->unsent = g_strdup(UNSENT);
}

static char *abuse_address(const struct esp *esp)
{
	for (guint i = 0; i < esp->abuse->len; i++)
		if (is_mailbox(esp->abuse->pdata[i]))
			return g_strdup(esp->abuse->pdata[i]);
	return NULL;
}

/* ---- who must not be recognised ---- */

static bool stopped(struct making *making)
{
	if (!making->source->stop || !making->source->stop(making->source->user))
		return false;
	g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED, "stopped");
	return true;
}

static bool add_settings(struct making *making)
{
	const struct settings *settings = making->source->settings;
	g_autofree char *own = identities_add_list(making->identities, settings->addresses);
	g_autofree char *bad = identities_add_list(making->identities, settings->redact);

	if (!bad)
		return true;
	g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
		"espial.redact: %s is no address, domain or local part that can be looked for",
		bad);
	return false;
}

/* Behind the headers; `len` where they do not end. */
static size_t headers_length(const char *bytes, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if (bytes[i] == '\n' &&
			(bytes[i + 1] == '\n' || (bytes[i + 1] == '\r' && bytes[i + 2] == '\n')))
			return i + 1;
	return len;
}

/* The headers of a file alone: bodies cost too much to read of every message. */
static struct message *read_headers(const char *path)
{
	char *bytes = g_malloc0(HEADERS_MAX + 2);
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(bytes, 1, HEADERS_MAX, file) : 0;
	struct message *message =
		len ? message_parse(bytes, headers_length(bytes, len), path, NULL) : NULL;

	if (file)
		fclose(file);
	g_free(bytes);
	return message;
}

static bool add_recipients(struct making *making)
{
	const GPtrArray *ids = making->report->sightings->ids;

	for (guint i = 0; i < ids->len; i++) {
		g_autofree char *path =
			store_message_file(making->source->store, ids->pdata[i], NULL);
		struct message *message = path ? read_headers(path) : NULL;

		if (message)
			identities_add_recipients(making->identities, message);
		message_free(message);
		if (i % 64 == 0 && stopped(making))
			return false;
	}
	if (identities_count(making->identities) <= MAX_ADDRESSES)
		return true;
	g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
		"the messages have more than %d different recipients to look for: report an "
		"account, a campaign or a shorter time",
		MAX_ADDRESSES);
	return false;
}

static void add_url(struct making *making, const char *href)
{
	struct url *url = url_parse(href, strlen(href), NULL);

	if (url)
		identities_add_url(
			making->identities, making->source->matcher, url, making->request->tokens);
	url_free(url);
}

static bool collect_identities(struct making *making)
{
	const GPtrArray *urls = making->report->sightings->urls;

	if (!add_settings(making) || !add_recipients(making))
		return false;
	for (guint i = 0; i < urls->len; i++)
		add_url(making, ((struct sightings_url *)urls->pdata[i])->url);
	return true;
}

/* ---- what the links say ---- */

/* Where tokens are redacted, ids of messages are. */
static bool is_told(const struct making *making, const char *field)
{
	if (making->request->tokens)
		return strcmp(field, "account") == 0 || strcmp(field, "campaign") == 0;
	return strcmp(field, "recipient") != 0;
}

/* Of tokens that had to go, an abuse desk has at least what stood in them. */
static char *details_of(const struct making *making, const char *href)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	struct match *match = url ? matcher_match(making->source->matcher, url) : NULL;
	GString *details = g_string_new(NULL);

	for (guint i = 0; match && i < match->fields->len; i++) {
		const struct rule_pair *pair = match->fields->pdata[i];

		if (is_told(making, pair->name))
			g_string_append_printf(details, "%s%s %s", details->len ? ", " : "",
				pair->name, pair->value);
	}
	if (match)
		match_free(match);
	url_free(url);
	return g_string_free(details, FALSE);
}

static void read_details(struct making *making)
{
	const GPtrArray *urls = making->report->sightings->urls;

	making->report->details = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < urls->len; i++)
		g_ptr_array_add(making->report->details,
			details_of(making, ((struct sightings_url *)urls->pdata[i])->url));
}

/* ---- redacting ---- */

static void redact_string(const struct making *making, char **text)
{
	char *before = *text;

	if (!before || !*before)
		return;
	*text = redact_text(making->identities, before);
	g_free(before);
}

static void redact_counts(const struct making *making, const GPtrArray *counts)
{
	for (guint i = 0; i < counts->len; i++) {
		struct sightings_count *count = counts->pdata[i];

		redact_string(making, &count->name);
		redact_string(making, &count->host);
	}
}

static void redact_sightings(const struct making *making)
{
	struct sightings *sightings = making->report->sightings;

	redact_counts(making, sightings->accounts);
	redact_counts(making, sightings->campaigns);
	redact_counts(making, sightings->landings);
	redact_counts(making, sightings->ips);
	for (guint i = 0; i < sightings->urls->len; i++) {
		struct sightings_url *url = sightings->urls->pdata[i];

		redact_string(making, &url->url);
		redact_string(making, &url->account);
		redact_string(making, &url->campaign);
		redact_string(making, &url->landing);
		redact_string(making, (char **)&making->report->details->pdata[i]);
	}
}

/* ---- the sample ---- */

static bool is_wanted(const struct making *making, const struct origin *origin)
{
	struct origin_verdict *verdict = origin_judge(origin, making->report->esp);
	enum origin_network network = verdict->network;

	origin_verdict_free(verdict);
	return network == ORIGIN_OFF || (network == ORIGIN_UNKNOWN && making->request->unknown);
}

/* What of its own links identifies the recipient. */
static void add_links(struct making *making, const struct message *message)
{
	const GPtrArray *links = message_links(message);

	for (guint i = 0; i < MIN(links->len, SAMPLE_LINKS); i++) {
		const struct link *link = links->pdata[i];

		identities_add_url(making->identities, making->source->matcher, link->url,
			making->request->tokens);
	}
}

static struct sample *make_sample(struct making *making, const struct message *message,
	const struct origin *origin, GError **error)
{
	struct sample *sample;

	identities_add_recipients(making->identities, message);
	add_links(making, message);
	sample = sample_new(message, origin, making->identities, error);
	if (!sample || gate_mail(making->identities, sample->mail->str, error))
		return sample;
	sample_free(sample);
	return NULL;
}

/* NULL without an error where the message is not to be reported. */
static struct sample *sample_of(struct making *making, const char *id, GError **error)
{
	g_autofree char *path = store_message_file(making->source->store, id, error);
	struct message *message = path ? message_read(path, error) : NULL;
	struct origin *origin =
		message ? origin_new(message, making->source->settings->trust) : NULL;
	struct sample *sample = NULL;

	if (origin && is_wanted(making, origin))
		sample = make_sample(making, message, origin, error);
	if (origin)
		origin_free(origin);
	message_free(message);
	return sample;
}

/* The newest message that can be shown; why the last one could not is said where none can. */
static bool choose_sample(struct making *making)
{
	const GPtrArray *ids = making->report->sightings->ids;
	GError *failed = NULL;

	for (guint i = 0; i < MIN(ids->len, SAMPLE_TRIES) && !making->report->sample; i++) {
		g_clear_error(&failed);
		if (stopped(making))
			return false;
		making->report->sample = sample_of(making, ids->pdata[i], &failed);
	}
	if (!making->report->sample)
		g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
			"none of the newest %u messages can be shown: %s",
			MIN(ids->len, SAMPLE_TRIES),
			failed ? failed->message : "they are none to report any more");
	g_clear_error(&failed);
	return making->report->sample != NULL;
}

/* ---- what it is about ---- */

/* What was asked for, or what all of the messages have. */
static char *only(const struct making *making, enum groups_key key, const GPtrArray *counts)
{
	const char *asked = making->request->links->value[key];
	const struct sightings_count *first = counts->len == 1 ? counts->pdata[0] : NULL;
	bool of_all = first && first->messages == making->report->sightings->messages;
	const char *name = asked && *asked ? asked : of_all ? first->name : NULL;

	return name ? redact_text(making->identities, name) : NULL;
}

static bool has_messages(struct making *making)
{
	const struct sightings *sightings = making->report->sightings;

	if (sightings->messages)
		return true;
	g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
		"no message to report: %u off the network of %s, %u on it, of %u it is not "
		"known%s",
		sightings->off, making->report->esp->name, sightings->on, sightings->unknown,
		sightings->unknown ? " (these can be included)" : "");
	return false;
}

static char *subject_of(const struct report *report)
{
	unsigned count = report->sightings->messages;

	return g_strdup_printf("Abuse of %s%s%s: %u message%s", report->esp->name,
		report->account ? " account " : "", report->account ? report->account : "", count,
		count == 1 ? "" : "s");
}

static void describe(struct making *making)
{
	struct report *report = making->report;
	g_autofree char *subject = NULL;

	report->account = only(making, GROUPS_ACCOUNT, report->sightings->accounts);
	report->campaign = only(making, GROUPS_CAMPAIGN, report->sightings->campaigns);
	report->to = abuse_address(report->esp);
	report->id = g_uuid_string_random();
	report->time = making->source->now;
	report->unknown = making->request->unknown && report->sightings->unknown;
	choose_sender(making);
	subject = subject_of(report);
	report->subject = shown_plain(subject);
}

/* ---- the forms ---- */

/* What is apart in a message can stand together in a list. */
static bool make_text(struct making *making)
{
	g_autofree char *text = report_text(making->report);
	GString *clear = redact_bytes(making->identities, span_from(text), REDACT_SURE);

	if (!clear) {
		g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
			"the report cannot be cleared of who received the messages");
		return false;
	}
	making->report->text = g_string_free(clear, FALSE);
	return gate_text(making->identities, making->report->text, making->error) &&
	       gate_text(making->identities, making->report->subject, making->error);
}

static bool make_forms(struct making *making)
{
	struct report *report = making->report;

	if (!make_text(making))
		return false;
	if (report->unsent)
		return true;
	report->arf = report_arf(report);
	report->xarf = report_xarf(report);
	return gate_arf(making->identities, report->arf, making->error) &&
	       gate_xarf(making->identities, report->xarf, making->error);
}

static bool collect(struct making *making)
{
	const struct report_request *request = making->request;
	struct sightings_filter filter = {
		request->links, request->since, request->until, request->unknown};
	struct report *report = making->report;
	const char *id = request->links->value[GROUPS_ESP];

	report->esp = id ? ruleset_find_esp(matcher_ruleset(report->matcher), id) : NULL;
	if (!report->esp) {
		g_set_error(making->error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"%s: no such provider", id ? id : "(none)");
		return false;
	}
	report->sightings = sightings_read(making->source->index, &filter, making->error);
	return report->sightings && has_messages(making) && collect_identities(making);
}

struct report *report_new(
	const struct report_source *source, const struct report_request *request, GError **error)
{
	struct making making = {source, request, identities_new(), g_new0(struct report, 1), error};
	bool good;

	making.report->refs = 1;
	making.report->matcher = matcher_ref(source->matcher);
	good = collect(&making) && choose_sample(&making);
	if (good) {
		read_details(&making);
		redact_sightings(&making);
		describe(&making);
		good = make_forms(&making);
	}
	identities_free(making.identities);
	if (good)
		return making.report;
	report_unref(making.report);
	return NULL;
}

struct report *report_ref(struct report *report)
{
	g_atomic_int_inc(&report->refs);
	return report;
}

void report_unref(struct report *report)
{
	if (!report || !g_atomic_int_dec_and_test(&report->refs))
		return;
	g_free(report->account);
	g_free(report->campaign);
	g_free(report->to);
	g_free(report->from);
	g_free(report->unsent);
	g_free(report->id);
	g_free(report->subject);
	g_free(report->text);
	g_free(report->arf);
	g_free(report->xarf);
	if (report->details)
		g_ptr_array_unref(report->details);
	sightings_free(report->sightings);
	sample_free(report->sample);
	matcher_unref(report->matcher);
	g_free(report);
}
