/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/message.h"

#include "rules/error.h"
#include "tui/mail/charset.h"
#include "tui/mail/defuse.h"
#include "tui/mail/encoded_word.h"
#include "tui/mail/html.h"
#include "tui/mail/plain.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <sys/stat.h>

struct message {
	char *path;
	char *id;
	gint64 date;
	GPtrArray *headers; /* of struct header */
	GPtrArray *parts;   /* of struct message_part */
	GArray *first_link; /* of guint: the first link of each part */
	GArray *shown;      /* of guint: the parts that a reader sees */
	GPtrArray *links;   /* of struct link */
	struct rendered *rendered;
	char *incomplete;
};

/* A part, and what only the choice of parts to show needs of it. */
struct part {
	struct message_part part; /* first, so that it is one */
	bool attached;
};

/* A header whose value is made from what stands in the mail when it is first asked for. */
struct header {
	struct message_header header; /* first, so that it is one */
	char *raw;                    /* NULL once it is decoded */
};

void message_library_init(void)
{
	g_mime_init();
}

static char *valid(const char *text)
{
	return text ? g_utf8_make_valid(text, -1) : NULL;
}

/* ---- parts ---- */

static void part_free(gpointer data)
{
	struct message_part *part = data;

	g_free(part->type);
	g_free(part->filename);
	if (part->text)
		g_string_free(part->text, TRUE);
	g_free(part);
}

static void header_free(gpointer data)
{
	struct header *header = data;

	g_free(header->header.name);
	g_free(header->header.value);
	g_free(header->raw);
	g_free(header);
}

static void left_out(struct message *message, const char *why)
{
	if (!message->incomplete)
		message->incomplete = g_strdup(why);
}

/* What names no type and subtype is plain text (RFC 2045 §5.2). */
static bool names_type(GMimeObject *object)
{
	const char *value = g_mime_object_get_header(object, "Content-Type");

	return value && memchr(value, '/', strcspn(value, ";"));
}

static char *type_of(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	bool given = type && (names_type(object) || !GMIME_IS_PART(object));
	g_autofree char *text =
		given ? g_mime_content_type_get_mime_type(type) : g_strdup("text/plain");
	g_autofree char *safe = valid(text);

	return g_ascii_strdown(safe, -1);
}

static struct message_part *add_part(struct message *message, GMimeObject *object, unsigned depth)
{
	const char *disposition = g_mime_object_get_disposition(object);
	struct part *part = g_new0(struct part, 1);

	part->part.type = type_of(object);
	part->part.depth = depth;
	part->attached = disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
	g_ptr_array_add(message->parts, part);
	g_array_append_val(message->first_link, message->links->len);
	return &part->part;
}

static GByteArray *content_of(GMimePart *mime)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(mime);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	if (wrapper)
		g_mime_data_wrapper_write_to_stream(wrapper, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_object_unref(stream);
	return bytes;
}

static size_t count_base64(GMimeStream *stream)
{
	size_t count = 0;
	char bytes[4096];
	ssize_t len;

	g_mime_stream_reset(stream);
	while ((len = g_mime_stream_read(stream, bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < len; i++)
			count += g_ascii_isalnum(bytes[i]) || bytes[i] == '+' || bytes[i] == '/';
	return count;
}

/* The size of a part that need not be decoded for anything else. */
static size_t size_of(GMimePart *mime)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(mime);
	GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;

	if (!stream)
		return 0;
	switch (g_mime_part_get_content_encoding(mime)) {
	case GMIME_CONTENT_ENCODING_BASE64:
		return count_base64(stream) * 3 / 4;
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
	case GMIME_CONTENT_ENCODING_UUENCODE: {
		GByteArray *bytes = content_of(mime);
		size_t size = bytes->len;

		g_byte_array_unref(bytes);
		return size;
	}
	default:
		return (size_t)MAX(g_mime_stream_length(stream), 0);
	}
}

struct text_links {
	struct message *message;
	guint part;
	const char *text;
	struct rendered *rendered; /* NULL: find links; else mark them */
	guint next_link;
	gssize shift; /* from text to rendered->text */
};

static void on_text_url(struct span found, void *data)
{
	struct text_links *links = data;
	struct link *link = link_new_text(links->part, found);
	size_t start = (size_t)(found.ptr - links->text);

	if (!link)
		return;
	if (links->rendered) {
		struct rendered_mark mark = {RENDERED_LINK, links->next_link++,
			(size_t)((gssize)start + links->shift),
			(size_t)((gssize)(start + found.len) + links->shift)};

		if (mark.link < links->message->links->len &&
			mark.end <= links->rendered->text->len)
			g_array_append_val(links->rendered->marks, mark);
		link_free(link);
	} else {
		link_append(links->message->links, link);
	}
}

/* How the links of a part are found. */
enum reading { READ_NOTHING, READ_TEXT, READ_CARD, READ_HTML, READ_MAIL };

static bool ends_in(const char *name, const char *const *endings, size_t count)
{
	size_t len = name ? strlen(name) : 0;

	for (size_t i = 0; i < count; i++) {
		size_t ending = strlen(endings[i]);

		if (len >= ending && g_ascii_strcasecmp(name + len - ending, endings[i]) == 0)
			return true;
	}
	return false;
}

/* The name tells what a reader's system opens it with where the type does not. */
static bool is_named(const struct message_part *part, const char *const *endings, size_t count)
{
	return !g_str_has_prefix(part->type, "text/") && ends_in(part->filename, endings, count);
}

/* Pages and pictures that a browser opens. */
static bool is_page(const struct message_part *part)
{
	static const char *const types[] = {
		"text/html", "application/xhtml+xml", "image/svg+xml", "image/svg"};
	static const char *const endings[] = {".html", ".htm", ".xhtml", ".shtml", ".svg"};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(part->type, types[i]) == 0)
			return true;
	return is_named(part, endings, G_N_ELEMENTS(endings));
}

static enum reading reading_of(const struct message_part *part)
{
	static const char *const cards[] = {".ics", ".vcf", ".vcs"}, *const mails[] = {".eml"};

	if (is_page(part))
		return READ_HTML;
	if (strcmp(part->type, "text/calendar") == 0 || strcmp(part->type, "text/vcard") == 0 ||
		strcmp(part->type, "text/x-vcard") == 0 ||
		is_named(part, cards, G_N_ELEMENTS(cards)))
		return READ_CARD;
	if (is_named(part, mails, G_N_ELEMENTS(mails)))
		return READ_MAIL;
	return g_str_has_prefix(part->type, "text/") ? READ_TEXT : READ_NOTHING;
}

static bool parameter_is(GMimeObject *object, const char *name, const char *value)
{
	const char *found = g_mime_object_get_content_type_parameter(object, name);

	return found && g_ascii_strcasecmp(found, value) == 0;
}

/* The text of a part as it was before it was made ready for transport. */
static GString *text_of(GMimeObject *object, struct span bytes, enum reading reading)
{
	const char *named = g_mime_object_get_content_type_parameter(object, "charset");
	g_autofree char *within = reading == READ_HTML && !named ? charset_in_html(bytes) : NULL;
	GString *text = charset_to_utf8(bytes, named ? named : within);

	if (reading == READ_TEXT && parameter_is(object, "format", "flowed"))
		plain_join_flowed(text, parameter_is(object, "delsp", "yes"));
	if (reading == READ_CARD)
		plain_unfold_card(text);
	return text;
}

static void read_links(struct message *message, const GString *text, enum reading reading)
{
	guint index = message->parts->len - 1;
	struct text_links links = {.message = message, .part = index, .text = text->str};

	if (reading == READ_HTML)
		html_read(span_from_string(text), index, message->links, NULL);
	else
		link_find_in_text(span_from_string(text), on_text_url, &links);
	if (link_list_full(message->links))
		left_out(message, "too many links: the rest is left out");
}

/* Text that a reader is shown is kept. */
static bool is_shown(const struct message_part *part, enum reading reading)
{
	return reading == READ_TEXT || strcmp(part->type, "text/html") == 0;
}

static void read_content(struct message *message, struct message_part *part, GMimeObject *object,
	struct span content)
{
	enum reading reading = reading_of(part);
	GString *text = text_of(object, content, reading);

	part->size = content.len;
	read_links(message, text, reading);
	if (is_shown(part, reading))
		part->text = text;
	else
		g_string_free(text, TRUE);
}

/* Takes the bytes over. NULL where GMime finds no mail; the caller releases it. */
static GMimeMessage *parse_bytes(struct message *message, GByteArray *bytes)
{
	bool cut;

	g_byte_array_set_size(bytes, (guint)defuse_mail((char *)bytes->data, bytes->len, &cut));
	if (cut)
		left_out(message, "too many headers or parts: the rest is left out");
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), TRUE);
	if (bytes->len >= 5 && memcmp(bytes->data, "From ", 5) == 0)
		g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
	GMimeMessage *mime = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return mime;
}

static void read_inner(struct message *message, GMimeMessage *inner, unsigned depth);

/* A mail that is attached as a file. */
static void read_mail(struct message *message, GByteArray *bytes, unsigned depth)
{
	GMimeMessage *mime = parse_bytes(message, bytes);

	if (!mime)
		return;
	read_inner(message, mime, depth);
	g_object_unref(mime);
}

static void read_leaf(struct message *message, GMimeObject *object, unsigned depth)
{
	struct message_part *part = add_part(message, object, depth);
	GByteArray *bytes;

	if (!GMIME_IS_PART(object))
		return;
	part->filename = valid(g_mime_part_get_filename(GMIME_PART(object)));
	if (reading_of(part) == READ_NOTHING) {
		part->size = size_of(GMIME_PART(object));
		return;
	}
	bytes = content_of(GMIME_PART(object));
	part->size = bytes->len;
	if (reading_of(part) == READ_MAIL && bytes->data) {
		read_mail(message, bytes, depth);
		return;
	}
	if (bytes->data)
		read_content(message, part, object,
			(struct span){(const char *)bytes->data, bytes->len});
	g_byte_array_unref(bytes);
}

/* The text of a multipart in which no part was found: spam says a boundary that is not there. */
static void read_stray(struct message *message, GMimeMultipart *multipart, unsigned depth)
{
	const char *text = g_mime_multipart_get_prologue(multipart);
	struct message_part *part;

	if (!text || !*text || depth > MESSAGE_MAX_DEPTH)
		return;
	part = add_part(message, GMIME_OBJECT(multipart), depth);
	g_free(part->type);
	part->type = g_strdup("text/plain");
	read_content(message, part, GMIME_OBJECT(multipart), span_from(text));
}

static void read_object(struct message *message, GMimeObject *object, unsigned depth);
static void read_links_of_headers(struct message *message, GMimeObject *object);

static void read_inner(struct message *message, GMimeMessage *inner, unsigned depth)
{
	read_links_of_headers(message, GMIME_OBJECT(inner));
	read_object(message, g_mime_message_get_mime_part(inner), depth + 1);
}

static void read_multipart(struct message *message, GMimeMultipart *multipart, unsigned depth)
{
	int count = g_mime_multipart_get_count(multipart);

	add_part(message, GMIME_OBJECT(multipart), depth);
	for (int i = 0; i < count && message->parts->len < MESSAGE_MAX_PARTS; i++)
		read_object(message, g_mime_multipart_get_part(multipart, i), depth + 1);
	if (!count)
		read_stray(message, multipart, depth + 1);
	if (message->parts->len >= MESSAGE_MAX_PARTS)
		left_out(message, "too many parts: the rest is left out");
}

static void read_object(struct message *message, GMimeObject *object, unsigned depth)
{
	if (!object)
		return;
	if (depth > MESSAGE_MAX_DEPTH) {
		left_out(message, "nested too deep: the rest is left out");
	} else if (GMIME_IS_MULTIPART(object)) {
		read_multipart(message, GMIME_MULTIPART(object), depth);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		add_part(message, object, depth);
		if (inner)
			read_inner(message, inner, depth);
	} else {
		read_leaf(message, object, depth);
	}
}

/* ---- which parts a reader sees ---- */

static guint end_of(const struct message *message, guint index)
{
	unsigned depth = ((struct message_part *)message->parts->pdata[index])->depth;
	guint end = index + 1;

	while (end < message->parts->len &&
		((struct message_part *)message->parts->pdata[end])->depth > depth)
		end++;
	return end;
}

static bool holds_html(const struct message *message, guint from, guint end)
{
	for (guint i = from; i < end; i++)
		if (strcmp(((struct message_part *)message->parts->pdata[i])->type, "text/html") ==
			0)
			return true;
	return false;
}

static void show(struct message *message, guint index);

/* The richest alternative: the last that holds HTML, else the last with text. */
static void show_alternative(struct message *message, guint index)
{
	guint end = end_of(message, index), best = 0;

	for (guint i = index + 1; i < end; i = end_of(message, i)) {
		const struct message_part *part = message->parts->pdata[i];
		guint part_end = end_of(message, i);

		if (holds_html(message, i, part_end) ||
			(!holds_html(message, best, best ? end_of(message, best) : 0) &&
				part->text))
			best = i;
	}
	if (best)
		show(message, best);
}

static void show(struct message *message, guint index)
{
	const struct message_part *part = message->parts->pdata[index];
	guint end = end_of(message, index);

	if (((const struct part *)part)->attached && index) {
		return;
	} else if (part->text) {
		g_array_append_val(message->shown, index);
	} else if (strcmp(part->type, "multipart/alternative") == 0) {
		show_alternative(message, index);
	} else {
		for (guint i = index + 1; i < end; i = end_of(message, i))
			show(message, i);
	}
}

/* ---- headers ---- */

/* Fields that servers write for servers hold no encoded words (RFC 2047 §5): decoding them would
 * let a client's HELO turn into the server's own punctuation. */
static bool is_trace(const char *name)
{
	static const char *const names[] = {"Received", "Return-Path", "Authentication-Results",
		"Received-SPF", "ARC-Authentication-Results"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static char *decoded_value(const char *name, const char *raw)
{
	g_autofree char *unfolded = g_mime_utils_header_unfold(raw ? raw : "");
	g_autofree char *joined = is_trace(name) ? NULL : encoded_words_join(unfolded);
	g_autofree char *decoded = joined ? g_mime_utils_header_decode_text(NULL, joined) : NULL;

	return valid(g_strstrip(decoded ? decoded : unfolded));
}

static const struct message_header *decode(struct header *header)
{
	if (!header->header.value) {
		header->header.value = decoded_value(header->header.name, header->raw);
		g_clear_pointer(&header->raw, g_free);
	}
	return &header->header;
}

static void read_headers(struct message *message, GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count; i++) {
		GMimeHeader *from = g_mime_header_list_get_header_at(list, i);
		struct header *header = g_new0(struct header, 1);

		header->header.name = valid(g_mime_header_get_name(from));
		header->raw = g_strdup(g_mime_header_get_raw_value(from));
		g_ptr_array_add(message->headers, header);
	}
}

static bool carries_links(const char *name)
{
	static const char *const names[] = {"List-Unsubscribe", "List-Help", "List-Subscribe",
		"List-Owner", "List-Archive", "List-Post"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

struct header_links {
	struct message *message;
	const char *name;
};

static void on_header_url(struct span url, void *data)
{
	const struct header_links *links = data;
	struct link *link = link_new(LINK_HEADER, 0, url, NULL);

	if (!link)
		return;
	link_set_text(link, span_from(links->name));
	link_append(links->message->links, link);
}

/* White space within the brackets comes from folding and does not count. */
static void on_bracketed(struct span url, void *data)
{
	g_autoptr(GString) joined = g_string_new(NULL);

	for (size_t i = 0; i < url.len; i++) {
		if (!g_ascii_isspace(url.ptr[i]))
			g_string_append_c(joined, url.ptr[i]);
	}
	on_header_url(span_from_string(joined), data);
}

/* RFC 2369 §2: URLs in angle brackets, separated by commas; some write them without. */
static void read_header_links(struct message *message, const char *name, const char *value)
{
	struct header_links links = {message, name};

	if (!strchr(value, '<'))
		link_find_in_text(span_from(value), on_header_url, &links);
	for (const char *at = value; (at = strchr(at, '<'));) {
		struct span url = {at + 1, strcspn(at + 1, ">")};

		on_bracketed(url, &links);
		at = url.ptr + url.len;
	}
}

/* Of the message itself, or of one that is attached. */
static void read_links_of_headers(struct message *message, GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(header);

		if (!carries_links(name))
			continue;
		g_autofree char *value = decoded_value(name, g_mime_header_get_raw_value(header));
		read_header_links(message, name, value);
	}
}

/* ---- messages ---- */

static struct message *message_new(const char *path)
{
	struct message *message = g_new0(struct message, 1);

	message->path = g_strdup(path);
	message->headers = g_ptr_array_new_with_free_func(header_free);
	message->parts = g_ptr_array_new_with_free_func(part_free);
	message->first_link = g_array_new(FALSE, FALSE, sizeof(guint));
	message->shown = g_array_new(FALSE, FALSE, sizeof(guint));
	message->links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	return message;
}

void message_free(struct message *message)
{
	if (!message)
		return;
	g_free(message->path);
	g_free(message->id);
	g_free(message->incomplete);
	g_ptr_array_unref(message->headers);
	g_ptr_array_unref(message->parts);
	g_array_unref(message->first_link);
	g_array_unref(message->shown);
	g_ptr_array_unref(message->links);
	rendered_free(message->rendered);
	g_free(message);
}

static void read_message(struct message *message, GMimeMessage *mime)
{
	GDateTime *date = g_mime_message_get_date(mime);
	const char *id = g_mime_message_get_message_id(mime);
	GMimeObject *body = g_mime_message_get_mime_part(mime);

	message->id = id ? valid(id) : g_strdup("");
	message->date = date ? g_date_time_to_unix(date) : 0;
	read_headers(message, GMIME_OBJECT(mime));
	read_links_of_headers(message, GMIME_OBJECT(mime));
	read_object(message, body, 0);
	if (message->parts->len)
		show(message, 0);
}

/* Takes the bytes over. NULL where GMime finds no mail. */
static struct message *parse_mail(char *bytes, size_t len, const char *path)
{
	struct message *message = message_new(path);
	GMimeMessage *mime = parse_bytes(message, g_byte_array_new_take((guint8 *)bytes, len));

	if (mime) {
		read_message(message, mime);
		g_object_unref(mime);
		return message;
	}
	message_free(message);
	return NULL;
}

static struct message *parse_checked(char *bytes, size_t len, const char *path, GError **error)
{
	struct message *message = parse_mail(bytes, len, path);

	if (message && (message->headers->len || message->links->len))
		return message;
	message_free(message);
	g_set_error(
		error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID, "%s: not a mail", path ? path : "mail");
	return NULL;
}

struct message *message_parse(const char *bytes, size_t len, const char *path, GError **error)
{
	if (len > MESSAGE_MAX_SIZE) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s: larger than %zu MiB",
			path ? path : "mail", MESSAGE_MAX_SIZE >> 20);
		return NULL;
	}
	return parse_checked(len ? g_memdup2(bytes, len) : g_strdup(""), len, path, error);
}

struct message *message_read(const char *path, GError **error)
{
	struct stat status;
	GError *failed = NULL;
	char *bytes;
	gsize len = 0;

	errno = 0;
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "%s: %s", path,
			errno == ENOENT ? "no such file: run notmuch new" : "not a readable file");
		return NULL;
	}
	if ((guint64)status.st_size > MESSAGE_MAX_SIZE) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s: larger than %zu MiB",
			path, MESSAGE_MAX_SIZE >> 20);
		return NULL;
	}
	if (!g_file_get_contents(path, &bytes, &len, &failed)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s", failed->message);
		g_error_free(failed);
		return NULL;
	}
	return parse_checked(bytes, len, path, error);
}

const char *message_path(const struct message *message)
{
	return message->path;
}

const char *message_id(const struct message *message)
{
	return message->id;
}

gint64 message_date(const struct message *message)
{
	return message->date;
}

const char *message_header(const struct message *message, const char *name)
{
	for (guint i = 0; i < message->headers->len; i++) {
		struct header *header = message->headers->pdata[i];

		if (g_ascii_strcasecmp(header->header.name, name) == 0)
			return decode(header)->value;
	}
	return NULL;
}

const GPtrArray *message_headers(const struct message *message)
{
	for (guint i = 0; i < message->headers->len; i++)
		decode(message->headers->pdata[i]);
	return message->headers;
}

const GPtrArray *message_parts(const struct message *message)
{
	return message->parts;
}

const GPtrArray *message_links(const struct message *message)
{
	return message->links;
}

const char *message_incomplete(const struct message *message)
{
	return message->incomplete;
}

/* ---- text ---- */

/* The links of a part were read before, in the same order: their marks only need the right number.
 */
static void render_html(struct message *message, guint index, const struct message_part *part)
{
	g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	GArray *marks = message->rendered->marks;
	guint first = g_array_index(message->first_link, guint, index);
	gsize start = message->rendered->text->len;

	html_read(span_from_string(part->text), index, again, message->rendered);
	for (guint i = marks->len; i-- > 0;) {
		struct rendered_mark *mark = &g_array_index(marks, struct rendered_mark, i);

		if (mark->start < start)
			break;
		if (mark->kind != RENDERED_LINK)
			continue;
		mark->link += first;
		if (mark->link >= message->links->len)
			g_array_remove_index(marks, i);
	}
}

/* The bytes of the text that fit, whole characters. */
static size_t fitting(const GString *text, size_t room)
{
	size_t len = MIN(text->len, room);

	while (len < text->len && len && ((guchar)text->str[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static void render_text(struct message *message, guint index, const struct message_part *part)
{
	GString *text = message->rendered->text;
	struct text_links links = {.message = message,
		.part = index,
		.text = part->text->str,
		.rendered = message->rendered};
	size_t len = fitting(part->text, RENDERED_MAX_SIZE - MIN(text->len, RENDERED_MAX_SIZE));

	links.shift = (gssize)text->len;
	links.next_link = g_array_index(message->first_link, guint, index);
	g_string_append_len(text, part->text->str, (gssize)len);
	link_find_in_text(span_from_string(part->text), on_text_url, &links);
	if (text->len && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	if (len < part->text->len)
		g_string_append(text, "[the text is cut here]\n");
}

const struct rendered *message_text(struct message *message)
{
	if (message->rendered)
		return message->rendered;
	message->rendered = rendered_new();
	for (guint i = 0; i < message->shown->len; i++) {
		guint index = g_array_index(message->shown, guint, i);
		const struct message_part *part = message->parts->pdata[index];

		if (strcmp(part->type, "text/html") == 0)
			render_html(message, index, part);
		else
			render_text(message, index, part);
	}
	return message->rendered;
}
