/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report as a mail: an abuse feedback report (ARF, RFC 5965), multipart/report with the text,
 * the machine-readable part and one message. Who received it is left out of both (RFC 6590).
 */
#include "tui/report/report_internal.h"

#include <gmime/gmime.h>

/* A line of the machine-readable part: it is 7-bit (RFC 5965 §3.1), and a URI cannot be folded. */
#define LINE_MAX_BYTES 950

/* ---- message/feedback-report ---- */

/* Left out where it cannot stand in a line: it stands in the text then. */
static void put(GString *fields, const char *name, const char *value)
{
	if (value && *value && g_str_is_ascii(value) && !strpbrk(value, "\r\n") &&
		strlen(name) + strlen(value) <= LINE_MAX_BYTES)
		g_string_append_printf(fields, "%s: %s\n", name, value);
}

static void put_date(GString *fields, const char *name, gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);
	g_autofree char *text = date && time ? g_mime_utils_header_format_date(date) : NULL;

	put(fields, name, text);
}

/* Of the tracker and of what is behind it, each once (§3.2: of what the message advertises). */
static void put_domains(GString *fields, const struct report *report)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < report->sightings->urls->len; i++) {
		const struct sightings_url *sighting = report->sightings->urls->pdata[i];
		struct url *url = url_parse(sighting->url, strlen(sighting->url), NULL);
		char *host = url ? span_dup(url_host(url)) : NULL;

		if (host && !g_hash_table_contains(seen, host))
			put(fields, "Reported-Domain", host);
		if (host)
			g_hash_table_add(seen, host);
		url_free(url);
	}
	for (guint i = 0; i < report->sightings->landings->len; i++) {
		const struct sightings_count *landing = report->sightings->landings->pdata[i];

		if (g_hash_table_add(seen, g_strdup(landing->name)))
			put(fields, "Reported-Domain", landing->name);
	}
}

static char *feedback(const struct report *report)
{
	GString *fields = g_string_new("Feedback-Type: abuse\n"
				       "User-Agent: espial/" ESPIAL_VERSION "\n"
				       "Version: 1\n");
	const struct sample *sample = report->sample;
	g_autofree char *mail_from =
		sample->mail_from ? g_strdup_printf("<%s>", sample->mail_from) : NULL;
	g_autofree char *incidents = g_strdup_printf("%u", report->sightings->messages);

	put(fields, "Original-Mail-From", mail_from);
	put(fields, "Source-IP", sample->ip);
	put_date(fields, "Arrival-Date", sample->arrival);
	put(fields, "Incidents", incidents);
	put_domains(fields, report);
	for (guint i = 0; i < report->sightings->urls->len; i++)
		put(fields, "Reported-URI",
			((struct sightings_url *)report->sightings->urls->pdata[i])->url);
	return g_string_free(fields, FALSE);
}

/* ---- parts ---- */

static GMimeObject *part_of(
	const char *type, const char *subtype, const char *text, GMimeContentEncoding encoding)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static GMimeObject *text_part(const struct report *report)
{
	GMimeObject *part =
		part_of("text", "plain", report->text, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);

	g_mime_object_set_content_type_parameter(part, "charset", "utf-8");
	return part;
}

static GMimeObject *feedback_part(const struct report *report)
{
	g_autofree char *fields = feedback(report);

	return part_of("message", "feedback-report", fields, GMIME_CONTENT_ENCODING_7BIT);
}

static GMimeObject *sample_part(const struct sample *sample)
{
	GMimeStream *stream =
		g_mime_stream_mem_new_with_buffer(sample->mail->str, sample->mail->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	GMimeMessagePart *part = g_mime_message_part_new_with_message("rfc822", message);

	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static void add(GMimeMultipart *multipart, GMimeObject *part)
{
	g_mime_multipart_add(multipart, part);
	g_object_unref(part);
}

static GMimeObject *body(const struct report *report)
{
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype("report");

	g_mime_object_set_content_type_parameter(
		GMIME_OBJECT(multipart), "report-type", "feedback-report");
	add(multipart, text_part(report));
	add(multipart, feedback_part(report));
	add(multipart, sample_part(report->sample));
	return GMIME_OBJECT(multipart);
}

/* ---- the mail ---- */

static void set_addresses(GMimeMessage *mime, const struct report *report)
{
	g_autofree char *address = report_address(report->from);
	g_autofree char *name = report_name(report->from, NULL);

	g_mime_message_add_mailbox(mime, GMIME_ADDRESS_TYPE_FROM, name, address);
	if (report->to)
		g_mime_message_add_mailbox(mime, GMIME_ADDRESS_TYPE_TO, NULL, report->to);
	else
		g_mime_object_append_header(
			GMIME_OBJECT(mime), "To", "undisclosed-recipients:;", NULL);
}

/* Its right side is the reporter's domain, which From shows too. */
static void set_id(GMimeMessage *mime, const struct report *report)
{
	g_autofree char *address = report_address(report->from);
	g_autofree char *id = g_strdup_printf("%s%s", report->id, strrchr(address, '@'));

	g_mime_message_set_message_id(mime, id);
}

char *report_arf(const struct report *report)
{
	GMimeMessage *mime = g_mime_message_new(FALSE);
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(report->time);
	GMimeObject *content = body(report);
	char *text;

	set_addresses(mime, report);
	g_mime_message_set_subject(mime, report->subject, "utf-8");
	g_mime_message_set_date(mime, date);
	set_id(mime, report);
	/* No robot need answer (RFC 3834 §5). */
	g_mime_object_append_header(GMIME_OBJECT(mime), "Auto-Submitted", "auto-generated", NULL);
	g_mime_message_set_mime_part(mime, content);
	text = g_mime_object_to_string(GMIME_OBJECT(mime), NULL);
	g_object_unref(content);
	g_object_unref(mime);
	return text;
}
