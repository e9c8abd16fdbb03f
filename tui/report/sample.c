/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/sample.h"

#include "rules/error.h"
#include "tui/report/redact.h"
#include "tui/widget/shown.h"

#include <gmime/gmime.h>

#define NOTE_UNCLEAR "[This text could not be cleared of recipients: it is left out.]\n"
#define NOTE_CUT "\n[The rest is left out.]\n"
/* A text is cut at a blank, if there is one so near to where it is too long. */
#define CUT_BACK ((size_t)8 << 10)
#define SHOWN_HEADER 400
#define LINE_WIDTH 78
#define LINE_MAX_BYTES 900
#define WORD_BYTES 45

/* ---- texts ---- */

/* Where to cut so that no address, link or token is cut in two. */
static size_t cut_at(const char *text, size_t len)
{
	size_t at = SAMPLE_MAX_TEXT;

	if (len <= SAMPLE_MAX_TEXT)
		return len;
	while (at > SAMPLE_MAX_TEXT - CUT_BACK && !g_ascii_isspace(text[at]))
		at--;
	return at;
}

/* As it may be shown: the caller frees it with g_string_free(). */
static GString *clear_text(const struct identities *identities, const GString *text)
{
	size_t len = cut_at(text->str, text->len);
	GString *clear = redact_bytes(identities, (struct span){text->str, len}, REDACT_GUESSES);
	g_autofree char *valid = clear ? g_utf8_make_valid(clear->str, (gssize)clear->len) : NULL;

	if (clear)
		g_string_free(clear, TRUE);
	clear = g_string_new(valid ? valid : NOTE_UNCLEAR);
	if (len < text->len)
		g_string_append(clear, NOTE_CUT);
	return clear;
}

static GMimeObject *text_part(const char *subtype, const char *text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

/* What is said of a part that is left out: its type is the mail's own word. */
static void put_note(GString *notes, const struct message_part *part)
{
	g_autofree char *type = g_strndup(part->type, 80);

	g_strcanon(type, G_CSET_a_2_z G_CSET_DIGITS "/+.-", '?');
	g_string_append_printf(notes, "[%s, %zu bytes: left out]\n", type, part->size);
}

static bool is_container(const struct message_part *part)
{
	return g_str_has_prefix(part->type, "multipart/") ||
	       g_str_has_prefix(part->type, "message/");
}

/* The texts, and a note for what is none. */
static GPtrArray *parts_of(const struct message *message, const struct identities *identities)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(g_object_unref);
	const GPtrArray *all = message_parts(message);
	GString *notes = g_string_new(NULL);

	for (guint i = 0; i < all->len; i++) {
		const struct message_part *part = all->pdata[i];
		bool html = strcmp(part->type, "text/html") == 0;

		if (part->text && parts->len < SAMPLE_MAX_TEXTS) {
			GString *clear = clear_text(identities, part->text);

			g_ptr_array_add(parts, text_part(html ? "html" : "plain", clear->str));
			g_string_free(clear, TRUE);
		} else if (!is_container(part)) {
			put_note(notes, part);
		}
	}
	if (notes->len || !parts->len) {
		g_autofree char *text = redact_text(identities, notes->str);
		g_ptr_array_add(parts, text_part("plain", text));
	}
	g_string_free(notes, TRUE);
	return parts;
}

static GMimeObject *body_of(const struct message *message, const struct identities *identities)
{
	g_autoptr(GPtrArray) parts = parts_of(message, identities);
	GMimeMultipart *multipart;

	if (parts->len == 1)
		return g_object_ref(parts->pdata[0]);
	multipart = g_mime_multipart_new_with_subtype("mixed");
	for (guint i = 0; i < parts->len; i++)
		g_mime_multipart_add(multipart, parts->pdata[i]);
	return GMIME_OBJECT(multipart);
}

/* ---- headers ---- */

/* What describes the body, which is another one now, and what mail programs note for themselves. */
static bool is_dropped(const char *name)
{
	static const char *const names[] = {"MIME-Version", "Status", "X-Status", "X-Keywords",
		"X-UID", "X-Mozilla-Keys", "X-Mozilla-Status", "X-Mozilla-Status2", "Lines"};

	if (g_ascii_strncasecmp(name, "Content-", 8) == 0)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_field_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == ':')
			return false;
	return *name && strlen(name) < 80;
}

/* The analyst's own servers wrote the Received fields above the border's. */
static bool is_own(const struct origin *origin, guint index, const char *name)
{
	return origin->received && index < origin->header &&
	       g_ascii_strcasecmp(name, "Received") == 0;
}

static bool is_kept(const struct identities *identities, const struct origin *origin, guint index,
	const char *name)
{
	g_autofree char *found = NULL;

	if (!is_field_name(name) || is_dropped(name) || identities_in_header(name) ||
		is_own(origin, index, name))
		return false;
	found = redact_find(identities, span_from(name), REDACT_SURE);
	return !found;
}

/* Control characters too are blanks. */
static void blanks_as_one(char *text)
{
	char *to = text;

	for (const char *c = text; *c; c++)
		if ((guchar)*c > ' ' && *c != 0x7f)
			*to++ = *c;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

/* Of one line, without control characters: redacted as a whole, then cut. The caller frees it with
 * g_free(). */
static char *clear_value(const struct identities *identities, const char *value)
{
	char *clear = redact_text(identities, value);

	blanks_as_one(clear);
	if (strlen(clear) > SAMPLE_MAX_HEADER) {
		const char *end = clear + SAMPLE_MAX_HEADER;

		*(char *)g_utf8_find_prev_char(clear, end + 1) = '\0';
	}
	return g_strstrip(clear);
}

/* Words in lines; what is longer than a line may be (RFC 5322 §2.1.1) is broken anywhere. The
 * caller frees it with g_free(). */
static char *folded(const char *value, size_t column)
{
	GString *raw = g_string_new(" ");

	value += strspn(value, " ");
	for (const char *at = value; *at;) {
		size_t word = strcspn(at + 1, " ") + 1, len = MIN(word, (size_t)LINE_MAX_BYTES);

		if (at > value && (column + len > LINE_WIDTH)) {
			g_string_append(raw, *at == ' ' ? "\n" : "\n ");
			column = 0;
		}
		g_string_append_len(raw, at, (gssize)len);
		column += len;
		at += len;
	}
	g_string_append_c(raw, '\n');
	return g_string_free(raw, FALSE);
}

/* The end of the words from `at` on of which each, or none, is ASCII. */
static const char *same_words(const char *at, bool *ascii)
{
	const char *end = at;

	for (bool first = true; *end; first = false) {
		size_t len = strcspn(end + 1, " ") + 1;
		g_autofree char *word = g_strndup(end, len);

		if (!first && g_str_is_ascii(word) != *ascii)
			break;
		*ascii = g_str_is_ascii(word);
		end += len;
	}
	return end;
}

/* Encoded words of at most 75 characters (RFC 2047 §2), cut between characters. */
static void put_encoded(GString *out, const char *at, const char *end)
{
	while (at < end) {
		const char *cut = MIN(at + WORD_BYTES, end);

		if (cut < end)
			cut = g_utf8_find_prev_char(at, cut + 1);
		g_autofree char *word = g_base64_encode((const guchar *)at, (gsize)(cut - at));
		g_string_append_printf(out, " =?utf-8?B?%s?=", word);
		at = cut;
	}
}

/* The value in ASCII; the caller frees it with g_free(). */
static char *encoded(const char *value)
{
	GString *out = g_string_new(NULL);

	for (const char *at = value; *at;) {
		bool ascii = true;
		const char *end = same_words(at, &ascii);

		if (ascii)
			g_string_append_len(out, at, end - at);
		else
			put_encoded(out, at + (*at == ' '), end);
		at = end;
	}
	return g_string_free(out, FALSE);
}

/* GMime would make encoded words of long words, and leave what is not ASCII in addresses. */
static void append_header(GMimeObject *mime, const char *name, const char *value)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(mime);
	g_autofree char *ascii = encoded(value);
	g_autofree char *raw = folded(ascii, strlen(name) + 2);

	g_mime_header_list_append(list, name, ascii, NULL);
	g_mime_header_set_raw_value(
		g_mime_header_list_get_header_at(list, g_mime_header_list_get_count(list) - 1),
		raw);
}

/* A line of it for people. */
static void show_header(struct sample *sample, const char *name, const char *value)
{
	static const char *const names[] = {"Return-Path", "Received", "Authentication-Results",
		"Received-SPF", "From", "Reply-To", "Sender", "Subject", "Date", "Message-ID",
		"List-Unsubscribe", "X-Mailer"};
	g_autofree char *safe = NULL;
	g_autofree char *cut =
		g_utf8_substring(value, 0, MIN(SHOWN_HEADER, g_utf8_strlen(value, -1)));

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(names[i], name) == 0) {
			safe = shown_plain(cut);
			g_ptr_array_add(sample->headers, g_strdup_printf("%s: %s", name, safe));
		}
}

/* The first address of a field, NULL where there is none; the caller frees it with g_free(). */
static char *address_in(const char *value)
{
	const char *at = strchr(value, '@'), *from = at, *to = at;

	if (!at)
		return NULL;
	while (from > value && !strchr(" \t<>,;:\"()", from[-1]))
		from--;
	to += strcspn(to, " \t<>,;:\"()");
	return from < at && to > at + 1 ? g_strndup(from, (size_t)(to - from)) : NULL;
}

static void note_header(struct sample *sample, const char *name, const char *value)
{
	g_autofree char *safe = shown_plain(value);

	if (!sample->subject && g_ascii_strcasecmp(name, "Subject") == 0)
		sample->subject = g_strdup(safe);
	if (!sample->message_id && g_ascii_strcasecmp(name, "Message-ID") == 0)
		sample->message_id = g_strdup(safe);
	if (!sample->mail_from && g_ascii_strcasecmp(name, "Return-Path") == 0)
		sample->mail_from = address_in(safe);
	if (!sample->from_address && g_ascii_strcasecmp(name, "From") == 0)
		sample->from_address = address_in(safe);
	show_header(sample, name, value);
}

static void add_headers(struct sample *sample, GMimeObject *mime, const struct message *message,
	const struct origin *origin, const struct identities *identities)
{
	const GPtrArray *headers = message_headers(message);
	unsigned kept = 0;

	for (guint i = 0; i < headers->len && kept < SAMPLE_MAX_HEADERS; i++) {
		const struct message_header *header = headers->pdata[i];

		if (!is_kept(identities, origin, i, header->name))
			continue;
		g_autofree char *value = clear_value(identities, header->value);
		append_header(mime, header->name, value);
		note_header(sample, header->name, value);
		kept++;
	}
	append_header(mime, "To", "undisclosed-recipients:;");
}

/* ---- samples ---- */

static void note_origin(
	struct sample *sample, const struct origin *origin, const struct identities *identities)
{
	const struct received *received = origin->received;
	const char *host = received ? received->name : NULL;
	g_autofree char *clear = host ? redact_text(identities, host) : NULL;

	sample->ip = received && received->has_ip ? ip_format(&received->ip) : NULL;
	sample->host = clear ? shown_plain(clear) : NULL;
	sample->arrival =
		received && received->date ? received->date : message_date(origin->message);
}

void sample_free(struct sample *sample)
{
	if (!sample)
		return;
	if (sample->mail)
		g_string_free(sample->mail, TRUE);
	g_free(sample->mail_from);
	g_free(sample->from_address);
	g_free(sample->subject);
	g_free(sample->message_id);
	g_free(sample->ip);
	g_free(sample->host);
	g_ptr_array_unref(sample->headers);
	g_free(sample);
}

struct sample *sample_new(const struct message *message, const struct origin *origin,
	const struct identities *identities, GError **error)
{
	struct sample *sample = g_new0(struct sample, 1);
	GMimeMessage *mime = g_mime_message_new(FALSE);
	GMimeObject *body = body_of(message, identities);
	char *text;

	sample->headers = g_ptr_array_new_with_free_func(g_free);
	note_origin(sample, origin, identities);
	add_headers(sample, GMIME_OBJECT(mime), message, origin, identities);
	g_mime_message_set_mime_part(mime, body);
	text = g_mime_object_to_string(GMIME_OBJECT(mime), NULL);
	sample->mail = g_string_new(text);
	g_free(text);
	g_object_unref(body);
	g_object_unref(mime);
	g_autofree char *found =
		redact_find(identities, span_from_string(sample->mail), REDACT_SURE);
	if (!found)
		return sample;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
		"%s: cannot be cleared of its recipients", message_id(message));
	sample_free(sample);
	return NULL;
}
