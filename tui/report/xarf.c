/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report as XARF 4, category `messaging`, type `spam`: fields as in schemas/v4/xarf-core.json
 * and schemas/v4/types/messaging-spam.json of https://github.com/xarf/xarf-spec (of 2026-03-20).
 *
 * XARF has no words for an account, or for a message that was not sent by whom the report goes to.
 * These are in a key of their own, `espial`, which the schema allows.
 */
#include "tui/report/report_internal.h"

#include <jansson.h>

#define XARF_VERSION "4.2.0"
#define MAX_DESCRIPTION 1000
#define MAX_SUBJECT 500
#define MAX_ORG 200
#define MAX_MESSAGE_ID 200
/* Required with protocol smtp; which port the sender had nobody records, so it is that of SMTP, as
 * in the schema's example. */
#define SMTP_PORT 25
/* An envelope sender that is required, but is not known (RFC 2606). */
#define NO_SENDER "unknown@sender.invalid"

/* ---- values ---- */

static json_t *text_of(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_string(valid);
}

/* At most `max` characters. */
static json_t *cut(const char *text, glong max)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *part = g_utf8_substring(valid, 0, MIN(max, g_utf8_strlen(valid, -1)));

	return json_string(part);
}

static json_t *time_of(gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);
	g_autofree char *text = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	return json_string(text ? text : "1970-01-01T00:00:00Z");
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* ---- parts ---- */

/* Who complains is who reports. */
static json_t *contact(const struct report *report)
{
	g_autofree char *address = report_address(report->from);
	const char *domain = strrchr(address, '@') + 1;
	g_autofree char *org = report_name(report->from, domain);
	json_t *contact = json_object();

	set(contact, "org", cut(org, MAX_ORG));
	set(contact, "contact", text_of(address));
	set(contact, "domain", text_of(domain));
	return contact;
}

static json_t *evidence(const struct sample *sample)
{
	g_autofree char *payload =
		g_base64_encode((const guchar *)sample->mail->str, sample->mail->len);
	g_autofree char *sum = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, sample->mail->str, (gssize)sample->mail->len);
	g_autofree char *hash = g_strconcat("sha256:", sum, NULL);
	json_t *item = json_object(), *list = json_array();

	set(item, "content_type", json_string("message/rfc822"));
	set(item, "description", json_string("One of the messages, its recipients redacted"));
	set(item, "payload", json_string(payload));
	set(item, "hash", json_string(hash));
	set(item, "size", json_integer((json_int_t)sample->mail->len));
	json_array_append_new(list, item);
	return list;
}

static json_t *indicators(const struct sightings *sightings)
{
	json_t *object = json_object(), *links = json_array();

	for (guint i = 0; i < sightings->urls->len; i++)
		json_array_append_new(
			links, text_of(((struct sightings_url *)sightings->urls->pdata[i])->url));
	set(object, "suspicious_links", links);
	set(object, "bulk_characteristics", json_boolean(sightings->messages > 1));
	return object;
}

static json_t *tags(const struct report *report)
{
	json_t *list = json_array();
	g_autofree char *esp = g_strdup_printf("esp:%s", report->esp->id);

	json_array_append_new(list, json_string(esp));
	json_array_append_new(
		list, json_string(report->unknown ? "network:unknown" : "network:off-network"));
	return list;
}

static char *description(const struct report *report)
{
	return g_strdup_printf(
		"Click links of %s%s%s in %u message%s%s. They redirect to where a spammer wants.",
		report->esp->name, report->account ? ", account " : "",
		report->account ? report->account : "", report->sightings->messages,
		report->sightings->messages == 1 ? "" : "s",
		report->unknown ? "" : " from outside its network");
}

/* ---- what XARF has no words for ---- */

static json_t *counts(const GPtrArray *list)
{
	json_t *array = json_array();

	for (guint i = 0; i < list->len; i++) {
		const struct sightings_count *count = list->pdata[i];
		json_t *object = json_object();

		set(object, "name", text_of(count->name));
		set(object, "messages", json_integer(count->messages));
		if (count->host && *count->host)
			set(object, "host", text_of(count->host));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *links_of(const struct report *report)
{
	json_t *array = json_array();

	for (guint i = 0; i < report->sightings->urls->len; i++) {
		const struct sightings_url *url = report->sightings->urls->pdata[i];
		json_t *object = json_object();

		set(object, "url", text_of(url->url));
		set(object, "details", text_of(report->details->pdata[i]));
		if (url->landing)
			set(object, "landing_domain", text_of(url->landing));
		set(object, "messages", json_integer(url->messages));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *numbers(const struct sightings *sightings)
{
	json_t *object = json_object();

	set(object, "reported", json_integer(sightings->messages));
	set(object, "off_network", json_integer(sightings->off));
	set(object, "on_network", json_integer(sightings->on));
	set(object, "unknown", json_integer(sightings->unknown));
	set(object, "links", json_integer(sightings->links));
	return object;
}

static json_t *details(const struct report *report)
{
	const struct sightings *sightings = report->sightings;
	json_t *object = json_object();

	set(object, "esp", text_of(report->esp->id));
	set(object, "accounts", counts(sightings->accounts));
	set(object, "campaigns", counts(sightings->campaigns));
	set(object, "landing_domains", counts(sightings->landings));
	set(object, "sending_ips", counts(sightings->ips));
	set(object, "links", links_of(report));
	set(object, "messages", numbers(sightings));
	set(object, "first_seen", time_of(sightings->first));
	set(object, "last_seen", time_of(sightings->last));
	return object;
}

/* ---- the report ---- */

/* Who handed the message over; of that is not known, whose links it has. */
static json_t *source_identifier(const struct report *report)
{
	const struct sightings_url *first =
		report->sightings->urls->len ? report->sightings->urls->pdata[0] : NULL;
	struct url *url = first ? url_parse(first->url, strlen(first->url), NULL) : NULL;
	g_autofree char *host = url ? span_dup(url_host(url)) : NULL;

	url_free(url);
	return json_string(report->sample->ip ? report->sample->ip : host ? host : report->esp->id);
}

static void set_core(json_t *xarf, const struct report *report)
{
	g_autofree char *about = description(report);

	set(xarf, "xarf_version", json_string(XARF_VERSION));
	set(xarf, "report_id", json_string(report->id));
	set(xarf, "timestamp", time_of(report->sample->arrival));
	set(xarf, "reporter", contact(report));
	set(xarf, "sender", contact(report));
	set(xarf, "source_identifier", source_identifier(report));
	set(xarf, "source_port", json_integer(SMTP_PORT));
	set(xarf, "category", json_string("messaging"));
	set(xarf, "type", json_string("spam"));
	set(xarf, "description", cut(about, MAX_DESCRIPTION));
	set(xarf, "evidence_source", json_string("content_analysis"));
	set(xarf, "evidence", evidence(report->sample));
	set(xarf, "tags", tags(report));
}

static bool is_address(const char *text)
{
	const char *at = text ? strchr(text, '@') : NULL;

	return at && at > text && at[1] && g_str_is_ascii(text) && !strpbrk(text, " <>\t\"(),;:");
}

static void set_spam(json_t *xarf, const struct report *report)
{
	const struct sample *sample = report->sample;

	set(xarf, "protocol", json_string("smtp"));
	set(xarf, "smtp_from",
		json_string(is_address(sample->mail_from)      ? sample->mail_from
			    : is_address(sample->from_address) ? sample->from_address
							       : NO_SENDER));
	if (sample->subject)
		set(xarf, "subject", cut(sample->subject, MAX_SUBJECT));
	if (sample->message_id)
		set(xarf, "message_id", cut(sample->message_id, MAX_MESSAGE_ID));
	set(xarf, "spam_indicators", indicators(report->sightings));
	set(xarf, "espial", details(report));
}

char *report_xarf(const struct report *report)
{
	json_t *xarf = json_object();
	char *dumped, *text;

	set_core(xarf, report);
	set_spam(xarf, report);
	dumped = json_dumps(xarf, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	text = g_strconcat(dumped, "\n", NULL);
	free(dumped);
	json_decref(xarf);
	return text;
}
