/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/message.h"

#include "rules/error.h"
#include "tui/mail/html.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <sys/stat.h>

struct message {
	char *path;
	char *id;
	gint64 date;
	GPtrArray *headers; /* of struct message_header */
	GPtrArray *parts;   /* of struct message_part */
	GArray *first_link; /* of guint: the first link of each part */
	GArray *shown;      /* of guint: the parts that a reader sees */
	GPtrArray *links;   /* of struct link */
	struct rendered *rendered;
	char *incomplete;
};

void message_library_init(void)
{
	g_mime_init();
}

/* ---- text of any charset ---- */

static GString *from_charset(const char *bytes, size_t len, const char *charset)
{
	gsize written = 0;
	char *text = charset && *charset
			     ? g_convert(bytes, (gssize)len, "UTF-8", charset, NULL, &written, NULL)
			     : NULL;
	GString *string;

	if (!text)
		return NULL;
	string = g_string_new_len(text, (gssize)written);
	g_free(text);
	return string;
}

/* What the mail says, then UTF-8, then what old software sends unsaid; the result is valid UTF-8
 * without NUL. */
static GString *to_utf8(const char *bytes, size_t len, const char *charset)
{
	GString *text = from_charset(bytes, len, charset);

	if (!text && g_utf8_validate_len(bytes, len, NULL))
		text = g_string_new_len(bytes, (gssize)len);
	if (!text && !memchr(bytes, '\0', len))
		text = from_charset(bytes, len, "WINDOWS-1252");
	if (!text) {
		g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)len);
		text = g_string_new(valid);
	}
	for (gsize i = 0; i < text->len; i++)
		if (!text->str[i])
			text->str[i] = ' ';
	return text;
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
	struct message_header *header = data;

	g_free(header->name);
	g_free(header->value);
	g_free(header);
}

static void left_out(struct message *message, const char *why)
{
	if (!message->incomplete)
		message->incomplete = g_strdup(why);
}

static char *type_of(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	g_autofree char *text =
		type ? g_mime_content_type_get_mime_type(type) : g_strdup("text/plain");
	g_autofree char *safe = valid(text);

	return g_ascii_strdown(safe, -1);
}

static struct message_part *add_part(struct message *message, GMimeObject *object, unsigned depth)
{
	struct message_part *part = g_new0(struct message_part, 1);

	part->type = type_of(object);
	part->depth = depth;
	g_ptr_array_add(message->parts, part);
	g_array_append_val(message->first_link, message->links->len);
	return part;
}

static GByteArray *content_of(GMimePart *mime)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(mime);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	if (wrapper)
		g_mime_data_wrapper_write_to_stream(wrapper, stream);
	bytes = g_byte_array_ref(g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream)));
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_object_unref(stream);
	return bytes;
}

struct text_links {
	struct message *message;
	guint part;
	const char *text;
	struct rendered *rendered; /* NULL: find links; else mark them */
	guint next_link;
	gssize shift; /* from text to rendered->text */
};

static struct link *link_of_text(struct span found, guint part)
{
	bool bare = found.len >= 4 && g_ascii_strncasecmp(found.ptr, "www.", 4) == 0;
	g_autofree char *slice = span_dup(found);
	g_autofree char *whole = g_strconcat(bare ? "http://" : "", slice, NULL);
	struct url *url = url_parse(whole, strlen(whole), NULL);
	struct link *link;

	if (!url)
		return NULL;
	link = g_new0(struct link, 1);
	link->kind = LINK_TEXT;
	link->part = part;
	link->text = g_strndup(slice, LINK_MAX_TEXT);
	link->raw = g_steal_pointer(&slice);
	link->url = url;
	return link;
}

static void on_text_url(struct span found, void *data)
{
	struct text_links *links = data;
	struct link *link = link_of_text(found, links->part);
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
	} else if (links->message->links->len < LINK_MAX) {
		g_ptr_array_add(links->message->links, link);
	} else {
		link_free(link);
	}
}

/* A text part's charset, which an HTML part may name only within. */
static char *charset_of(GMimeObject *object, const GByteArray *bytes)
{
	const char *named = g_mime_object_get_content_type_parameter(object, "charset");
	const char *data = (const char *)bytes->data;
	const char *meta = data ? memmem(data, MIN(bytes->len, 2048), "charset=", 8) : NULL;
	size_t left;

	if (named || !meta)
		return g_strdup(named);
	meta += 8;
	left = (size_t)(data + bytes->len - meta);
	if (left && (*meta == '"' || *meta == '\'')) {
		meta++;
		left--;
	}
	size_t len = 0;
	while (len < MIN(left, 32) && (g_ascii_isalnum(meta[len]) || strchr("-_", meta[len])))
		len++;
	return g_strndup(meta, len);
}

static void read_text(struct message *message, struct message_part *part, GMimeObject *object,
	const GByteArray *bytes)
{
	g_autofree char *charset = charset_of(object, bytes);
	guint index = message->parts->len - 1;

	part->text = to_utf8((const char *)bytes->data, bytes->len, charset);
	if (strcmp(part->type, "text/html") == 0) {
		html_read(span_from_string(part->text), index, message->links, NULL);
	} else {
		struct text_links links = {
			.message = message, .part = index, .text = part->text->str};

		link_find_in_text(span_from_string(part->text), on_text_url, &links);
	}
	if (message->links->len >= LINK_MAX)
		left_out(message, "too many links: the rest is left out");
}

static bool is_text(const struct message_part *part)
{
	return g_str_has_prefix(part->type, "text/") && strcmp(part->type, "text/calendar") != 0;
}

static void read_leaf(struct message *message, GMimeObject *object, unsigned depth)
{
	struct message_part *part = add_part(message, object, depth);
	GByteArray *bytes;

	if (!GMIME_IS_PART(object))
		return;
	part->filename = valid(g_mime_part_get_filename(GMIME_PART(object)));
	bytes = content_of(GMIME_PART(object));
	part->size = bytes->len;
	if (is_text(part) && bytes->data)
		read_text(message, part, object, bytes);
	g_byte_array_unref(bytes);
}

static void read_object(struct message *message, GMimeObject *object, unsigned depth);

static void read_multipart(struct message *message, GMimeMultipart *multipart, unsigned depth)
{
	int count = g_mime_multipart_get_count(multipart);

	add_part(message, GMIME_OBJECT(multipart), depth);
	for (int i = 0; i < count && message->parts->len < MESSAGE_MAX_PARTS; i++)
		read_object(message, g_mime_multipart_get_part(multipart, i), depth + 1);
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
			read_object(message, g_mime_message_get_mime_part(inner), depth + 1);
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

	if (part->text) {
		g_array_append_val(message->shown, index);
	} else if (strcmp(part->type, "multipart/alternative") == 0) {
		show_alternative(message, index);
	} else {
		for (guint i = index + 1; i < end; i = end_of(message, i))
			show(message, i);
	}
}

/* ---- headers ---- */

static void read_headers(struct message *message, GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count; i++) {
		GMimeHeader *from = g_mime_header_list_get_header_at(list, i);
		struct message_header *header = g_new0(struct message_header, 1);
		const char *value = g_mime_header_get_value(from);
		g_autofree char *unfolded = g_mime_utils_header_unfold(value ? value : "");

		header->name = valid(g_mime_header_get_name(from));
		header->value = valid(g_strstrip(unfolded));
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

/* RFC 2369: URLs in angle brackets, separated by commas. */
static void read_header_links(struct message *message, const struct message_header *header)
{
	const char *p = header->value;

	while ((p = strchr(p, '<')) && message->links->len < LINK_MAX) {
		size_t len = strcspn(++p, ">");
		struct url *url = url_parse(p, len, NULL);
		struct link *link;

		if (!url || !url_is_web(url)) {
			url_free(url);
			continue;
		}
		link = g_new0(struct link, 1);
		link->kind = LINK_HEADER;
		link->text = g_strdup(header->name);
		link->raw = g_strndup(p, len);
		link->url = url;
		g_ptr_array_add(message->links, link);
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
	for (guint i = 0; i < message->headers->len; i++) {
		const struct message_header *header = message->headers->pdata[i];

		if (carries_links(header->name))
			read_header_links(message, header);
	}
	read_object(message, body, 0);
	if (message->parts->len)
		show(message, 0);
}

struct message *message_parse(const char *bytes, size_t len, const char *path, GError **error)
{
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *mime;
	struct message *message = NULL;

	if (len > MESSAGE_MAX_SIZE) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s: larger than %zu MiB",
			path ? path : "mail", MESSAGE_MAX_SIZE >> 20);
		return NULL;
	}
	stream = g_mime_stream_mem_new_with_buffer(bytes, len);
	parser = g_mime_parser_new_with_stream(stream);
	if (len > 5 && memcmp(bytes, "From ", 5) == 0)
		g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
	mime = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (mime) {
		message = message_new(path);
		read_message(message, mime);
		g_object_unref(mime);
	}
	if (message && (message->headers->len || message->links->len))
		return message;
	message_free(message);
	g_set_error(
		error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID, "%s: not a mail", path ? path : "mail");
	return NULL;
}

struct message *message_read(const char *path, GError **error)
{
	g_autofree char *bytes = NULL;
	struct stat status;
	GError *failed = NULL;
	gsize len = 0;

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
	return message_parse(bytes, len, path, error);
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
		const struct message_header *header = message->headers->pdata[i];

		if (g_ascii_strcasecmp(header->name, name) == 0)
			return header->value;
	}
	return NULL;
}

const GPtrArray *message_headers(const struct message *message)
{
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
	guint first = g_array_index(message->first_link, guint, index);
	guint before = message->rendered->marks->len;

	html_read(span_from_string(part->text), index, again, message->rendered);
	for (guint i = before; i < message->rendered->marks->len; i++) {
		struct rendered_mark *mark =
			&g_array_index(message->rendered->marks, struct rendered_mark, i);

		if (mark->kind == RENDERED_LINK)
			mark->link = MIN(mark->link + first, MAX(message->links->len, 1) - 1);
	}
}

static void render_text(struct message *message, guint index, const struct message_part *part)
{
	GString *text = message->rendered->text;
	struct text_links links = {.message = message,
		.part = index,
		.text = part->text->str,
		.rendered = message->rendered};
	gsize room = RENDERED_MAX_SIZE - MIN(text->len, RENDERED_MAX_SIZE);
	const char *end = g_utf8_find_prev_char(
		part->text->str, part->text->str + MIN(part->text->len, room) + 1);

	links.shift = (gssize)text->len;
	links.next_link = g_array_index(message->first_link, guint, index);
	g_string_append_len(text, part->text->str,
		part->text->len < room ? (gssize)part->text->len : end - part->text->str);
	link_find_in_text(span_from_string(part->text), on_text_url, &links);
	if (text->len && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
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
