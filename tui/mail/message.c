/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/message.h"

#include "rules/error.h"
#include "tui/mail/defuse.h"
#include "tui/mail/encoded_word.h"
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

/* A part, and what only the choice of parts to show needs of it. */
struct part {
	struct message_part part; /* first, so that it is one */
	bool attached;
};

void message_library_init(void)
{
	g_mime_init();
}

/* ---- text of any charset ---- */

/* Software writes the name of a small charset and means the larger one that holds it; so clients
 * read it as that (Encoding Standard §4.2). */
static const char *meant_charset(const char *charset)
{
	static const struct {
		const char *said, *meant;
	} names[] = {
		{"us-ascii", "WINDOWS-1252"},
		{"ascii", "WINDOWS-1252"},
		{"iso-8859-1", "WINDOWS-1252"},
		{"latin1", "WINDOWS-1252"},
		{"gb2312", "GB18030"},
		{"gbk", "GB18030"},
		{"shift_jis", "CP932"},
		{"shift-jis", "CP932"},
		{"ks_c_5601-1987", "CP949"},
		{"euc-kr", "CP949"},
		{"big5", "BIG5-HKSCS"},
		{"iso-8859-9", "WINDOWS-1254"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(names[i].said, charset) == 0)
			return names[i].meant;
	}
	return charset;
}

/* Converts what can be converted; other bytes become U+FFFD. */
static GString *convert(GIConv iconv, const char *bytes, size_t len)
{
	GString *text = g_string_sized_new(len);
	char buffer[4096];
	char *in = (char *)bytes;

	while (len) {
		char *out = buffer;
		size_t room = sizeof buffer;
		size_t done = g_iconv(iconv, &in, &len, &out, &room);
		int why = errno;

		g_string_append_len(text, buffer, (gssize)(sizeof buffer - room));
		if (done != (size_t)-1 || why == E2BIG)
			continue;
		g_string_append(text, "\xEF\xBF\xBD");
		g_iconv(iconv, NULL, NULL, NULL, NULL);
		in++;
		len--;
	}
	return text;
}

/* NULL where there is no such charset. */
static GString *from_charset(const char *bytes, size_t len, const char *charset)
{
	GIConv iconv =
		charset && *charset ? g_iconv_open("UTF-8", meant_charset(charset)) : (GIConv)-1;

	if (iconv == (GIConv)-1)
		return NULL;
	GString *text = convert(iconv, bytes, len);
	g_iconv_close(iconv);
	return text;
}

static bool is_utf8_name(const char *charset)
{
	return g_ascii_strcasecmp(charset, "utf-8") == 0 ||
	       g_ascii_strcasecmp(charset, "utf8") == 0;
}

/* Makes lines end in a bare newline, and NUL a blank. */
static void tidy(GString *text)
{
	gsize kept = 0;

	for (gsize i = 0; i < text->len; i++) {
		if (text->str[i] == '\r' && text->str[i + 1] == '\n')
			continue;
		text->str[kept++] = text->str[i] ? text->str[i] : ' ';
	}
	g_string_truncate(text, kept);
}

/* What the mail says, then UTF-8, then what old software sends unsaid; the result is valid UTF-8
 * without NUL. */
static GString *to_utf8(const char *bytes, size_t len, const char *charset)
{
	bool ascii = charset && g_ascii_strcasecmp(meant_charset(charset), "WINDOWS-1252") == 0;
	bool utf8 = charset && is_utf8_name(charset);
	GString *text = NULL;

	if (!utf8 && !ascii)
		text = from_charset(bytes, len, charset);
	if (!text && !utf8 && !g_utf8_validate_len(bytes, len, NULL))
		text = from_charset(bytes, len, "WINDOWS-1252");
	if (!text)
		text = g_string_new_len(bytes, (gssize)len);
	tidy(text);
	if (!g_utf8_validate_len(text->str, text->len, NULL)) {
		char *repaired = g_utf8_make_valid(text->str, (gssize)text->len);

		g_string_assign(text, repaired);
		g_free(repaired);
	}
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
	struct link *link = link_new(LINK_TEXT, links->part, found, NULL);
	size_t start = (size_t)(found.ptr - links->text);

	if (!link)
		return;
	link_set_text(link, found);
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
	bool html =
		g_mime_content_type_is_type(g_mime_object_get_content_type(object), "text", "html");
	const char *meta = html ? memmem(data, MIN(bytes->len, 2048), "charset=", 8) : NULL;
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
	while (len < MIN(left, 32) &&
		(g_ascii_isalnum(meta[len]) || meta[len] == '-' || meta[len] == '_'))
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

/* The text of a multipart in which no part was found: spam says a boundary that is not there. */
static void read_stray(struct message *message, GMimeMultipart *multipart, unsigned depth)
{
	const char *text = g_mime_multipart_get_prologue(multipart);
	struct message_part *part;
	GByteArray *bytes;

	if (!text || !*text || depth > MESSAGE_MAX_DEPTH)
		return;
	part = add_part(message, GMIME_OBJECT(multipart), depth);
	g_free(part->type);
	part->type = g_strdup("text/plain");
	part->size = strlen(text);
	bytes = g_byte_array_new();
	g_byte_array_append(bytes, (const guint8 *)text, (guint)part->size);
	read_text(message, part, GMIME_OBJECT(multipart), bytes);
	g_byte_array_unref(bytes);
}

static void read_object(struct message *message, GMimeObject *object, unsigned depth);

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

/* Unfolded, and decoded unless it is a trace field. The caller frees it with g_free(). */
static char *header_value(GMimeHeader *header)
{
	const char *raw = g_mime_header_get_raw_value(header);
	char *unfolded = g_mime_utils_header_unfold(raw ? raw : "");

	if (is_trace(g_mime_header_get_name(header)))
		return unfolded;
	g_autofree char *joined = encoded_words_join(unfolded);
	g_free(unfolded);
	return g_mime_utils_header_decode_text(NULL, joined);
}

static void read_headers(struct message *message, GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count; i++) {
		GMimeHeader *from = g_mime_header_list_get_header_at(list, i);
		struct message_header *header = g_new0(struct message_header, 1);
		g_autofree char *value = header_value(from);

		header->name = valid(g_mime_header_get_name(from));
		header->value = valid(g_strstrip(value));
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
	const struct message_header *header;
};

static void on_header_url(struct span url, void *data)
{
	const struct header_links *links = data;
	struct link *link =
		links->message->links->len < LINK_MAX ? link_new(LINK_HEADER, 0, url, NULL) : NULL;

	if (!link)
		return;
	link_set_text(link, span_from(links->header->name));
	g_ptr_array_add(links->message->links, link);
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
static void read_header_links(struct message *message, const struct message_header *header)
{
	struct header_links links = {message, header};

	if (!strchr(header->value, '<'))
		link_find_in_text(span_from(header->value), on_header_url, &links);
	for (const char *at = header->value; (at = strchr(at, '<'));) {
		struct span url = {at + 1, strcspn(at + 1, ">")};

		on_bracketed(url, &links);
		at = url.ptr + url.len;
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

/* NULL where GMime finds no mail. */
static struct message *parse_mail(struct span mail, const char *path)
{
	bool cut;
	g_autoptr(GString) copy = defuse_mail(mail, &cut);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(copy->str, copy->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	struct message *message = NULL;

	if (g_str_has_prefix(copy->str, "From "))
		g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
	GMimeMessage *mime = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (!mime)
		return NULL;
	message = message_new(path);
	if (cut)
		left_out(message, "too many headers or parts: the rest is left out");
	read_message(message, mime);
	g_object_unref(mime);
	return message;
}

struct message *message_parse(const char *bytes, size_t len, const char *path, GError **error)
{
	struct message *message;

	if (len > MESSAGE_MAX_SIZE) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s: larger than %zu MiB",
			path ? path : "mail", MESSAGE_MAX_SIZE >> 20);
		return NULL;
	}
	message = parse_mail((struct span){bytes, len}, path);
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
