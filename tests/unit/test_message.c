/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mails as they come: MIME, charsets, headers, links, and what is broken or too much.
 */
#include "tui/mail/message.h"

#include "rules/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

static struct message *parse_bytes(const char *bytes, size_t len)
{
	g_autoptr(GError) error = NULL;
	/* An exact copy lets a sanitizer see a read past the end. */
	g_autofree char *copy = g_memdup2(bytes, len);
	struct message *message = message_parse(copy, len, "mail", &error);

	if (!message)
		fail_msg("%s", error->message);
	return message;
}

static struct message *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void assert_text(const char *mail, const char *expected)
{
	struct message *message = parse(mail);

	assert_string_equal(message_text(message)->text->str, expected);
	message_free(message);
}

/* The hrefs of all links, each followed by its kind, joined by blanks. */
static char *links_of(const struct message *message)
{
	const GPtrArray *links = message_links(message);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < links->len; i++) {
		const struct link *link = links->pdata[i];

		g_string_append_printf(text, "%s%s %s", i ? " " : "", url_href(link->url),
			link_kind_name(link->kind));
	}
	return g_string_free(text, FALSE);
}

static void assert_links(const char *mail, const char *expected)
{
	struct message *message = parse(mail);
	g_autofree char *found = links_of(message);

	assert_string_equal(found, expected);
	message_free(message);
}

static void assert_header(const char *mail, const char *name, const char *expected)
{
	struct message *message = parse(mail);
	const char *value = message_header(message, name);

	if (g_strcmp0(value, expected) != 0)
		fail_msg("%s: %s, expected %s", name, value, expected);
	message_free(message);
}

/* ---- the whole ---- */

static void test_plain_mail(void **state)
{
	static const char mail[] = "From: Ann <ann@example.com>\r\n"
				   "Subject: Hello\r\n"
				   "Date: Tue, 03 Mar 2026 10:00:00 +0100\r\n"
				   "Message-ID: <1.a@example.com>\r\n"
				   "\r\n"
				   "Read https://www.example.com/a\r\n";
	struct message *message = parse(mail);

	(void)state;
	assert_string_equal(message_path(message), "mail");
	assert_string_equal(message_id(message), "1.a@example.com");
	assert_int_equal(message_date(message), 1772528400);
	assert_string_equal(message_header(message, "from"), "Ann <ann@example.com>");
	assert_null(message_header(message, "Reply-To"));
	assert_int_equal(message_headers(message)->len, 4);
	assert_int_equal(message_parts(message)->len, 1);
	const struct message_part *part = message_parts(message)->pdata[0];
	assert_string_equal(part->type, "text/plain");
	assert_int_equal(part->depth, 0);
	assert_null(part->filename);
	assert_string_equal(message_text(message)->text->str, "Read https://www.example.com/a\n");
	assert_ptr_equal(message_text(message), message_text(message));
	assert_null(message_incomplete(message));
	message_free(message);
	message_free(NULL);
}

static void test_what_is_missing(void **state)
{
	struct message *message = parse("Subject: x\n\nbody\n");

	(void)state;
	assert_string_equal(message_id(message), "");
	assert_int_equal(message_date(message), 0);
	assert_int_equal(message_links(message)->len, 0);
	message_free(message);
	message = parse("From: a@example.com\n");
	assert_string_equal(message_text(message)->text->str, "");
	message_free(message);
}

/* ---- alternatives ---- */

#define MIXED "Content-Type: multipart/mixed; boundary=m\n\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=a\n\n"

static void test_alternative(void **state)
{
	static const char mail[] = "Subject: x\n" ALTERNATIVE "preamble https://example.com/no\n"
				   "--a\nContent-Type: text/plain\n\nplain https://example.com/p\n"
				   "--a\nContent-Type: text/html\n\n"
				   "<p>rich <a href=https://example.com/h>link</a></p>\n"
				   "--a--\nepilogue https://example.com/no\n";
	struct message *message = parse(mail);
	g_autofree char *links = links_of(message);

	(void)state;
	/* The richest is shown; links are found in all. */
	assert_string_equal(message_text(message)->text->str, "rich link\n\n");
	assert_string_equal(links, "https://example.com/p text https://example.com/h anchor");
	assert_int_equal(message_parts(message)->len, 3);
	const GArray *marks = message_text(message)->marks;
	assert_int_equal(marks->len, 1);
	const struct rendered_mark *mark = &g_array_index(marks, struct rendered_mark, 0);
	assert_int_equal(mark->kind, RENDERED_LINK);
	assert_int_equal(mark->link, 1);
	assert_memory_equal(message_text(message)->text->str + mark->start, "link", 4);
	assert_int_equal(mark->end - mark->start, 4);
	message_free(message);
}

static void test_order_of_alternatives(void **state)
{
	(void)state;
	/* HTML wins wherever it stands, also within multipart/related. */
	assert_text("Subject: x\n" ALTERNATIVE "--a\nContent-Type: text/html\n\n<b>rich</b>\n"
		    "--a\nContent-Type: text/plain\n\nplain\n--a--\n",
		"rich\n");
	assert_text("Subject: x\n" ALTERNATIVE "--a\nContent-Type: text/plain\n\nplain\n"
		    "--a\nContent-Type: multipart/related; boundary=r\n\n"
		    "--r\nContent-Type: text/html\n\n<b>rich</b>\n"
		    "--r\nContent-Type: image/png\n\nx\n--r--\n--a--\n",
		"rich\n");
	assert_text("Subject: x\n" ALTERNATIVE "--a\nContent-Type: text/plain\n\none\n"
		    "--a\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--a--\n",
		"one\n");
}

static void test_several_parts(void **state)
{
	struct message *message = parse(
		"Subject: x\n" MIXED "--m\n\nfirst\n"
		"--m\nContent-Type: text/html\n\n<p>second <a href=http://example.com/2>2</a>\n"
		"--m\nContent-Type: text/html\nContent-Disposition: attachment; "
		"filename=\"page.html\"\n\n<a href=http://example.com/3>3</a>\n"
		"--m\nContent-Type: application/pdf; name=\"a.pdf\"\n"
		"Content-Transfer-Encoding: base64\n\nQUJDRA==\n"
		"--m\n\nlast http://example.com/4\n--m--\n");
	g_autofree char *links = links_of(message);

	(void)state;
	assert_string_equal(message_text(message)->text->str,
		"first\n\nsecond 2\n\nlast http://example.com/4\n");
	/* An attached page has links too. */
	assert_string_equal(links, "http://example.com/2 anchor http://example.com/3 anchor "
				   "http://example.com/4 text");
	const struct message_part *page = message_parts(message)->pdata[3],
				  *pdf = message_parts(message)->pdata[4];
	assert_string_equal(page->filename, "page.html");
	assert_int_equal(page->depth, 1);
	assert_string_equal(pdf->type, "application/pdf");
	assert_string_equal(pdf->filename, "a.pdf");
	assert_int_equal(pdf->size, 4);
	assert_null(pdf->text);
	/* Marks of all parts are those of the message's links. */
	const GArray *marks = message_text(message)->marks;
	assert_int_equal(marks->len, 2);
	assert_int_equal(g_array_index(marks, struct rendered_mark, 0).link, 0);
	assert_int_equal(g_array_index(marks, struct rendered_mark, 1).link, 2);
	message_free(message);
}

static void test_message_in_message(void **state)
{
	struct message *message =
		parse("Subject: outer\nMessage-ID: <o@example.com>\n" MIXED "--m\n\nforwarded:\n"
		      "--m\nContent-Type: message/rfc822\n\n"
		      "Subject: inner\nMessage-ID: <i@example.com>\n"
		      "List-Unsubscribe: <http://example.com/inner>\n"
		      "Content-Type: text/html\n\n"
		      "<a href=http://example.com/in>in</a>\n--m--\n");
	g_autofree char *links = links_of(message);

	(void)state;
	assert_string_equal(message_id(message), "o@example.com");
	assert_string_equal(message_header(message, "Subject"), "outer");
	assert_string_equal(message_text(message)->text->str, "forwarded:\nin\n");
	assert_string_equal(links, "http://example.com/inner header http://example.com/in anchor");
	assert_string_equal(
		((struct message_part *)message_parts(message)->pdata[2])->type, "message/rfc822");
	message_free(message);
}

/* ---- transfer encodings and charsets ---- */

static void test_encodings(void **state)
{
	(void)state;
	assert_text("Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n"
		    "https://example.com/a?b=3Dc=\nd\n",
		"https://example.com/a?b=cd\n");
	assert_links("Subject: x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
		     "PGEgaHJlZj0iaHR0cHM6Ly9leGFtcGxl\nLmNvbS9iNjQiPng8L2E+\n",
		"https://example.com/b64 anchor");
	/* Broken base64 gives what can be read. */
	assert_links("Subject: x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
		     "PGEgaHJlZj0iaHR0cHM6Ly9leGFt!!cGxl\nLmNvbS9iNjQiPng8L2E+*\n",
		"https://example.com/b64 anchor");
	assert_text(
		"Subject: x\nContent-Transfer-Encoding: x-nonsense\n\nas it is\n", "as it is\n");
	assert_text("Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n"
		    "=zz 100% =\n",
		"=zz 100% \n");
}

static void assert_charset(const char *charset, const char *bytes, const char *expected)
{
	g_autofree char *mail = g_strdup_printf("Subject: x\nContent-Type: text/plain%s%s\n\n%s\n",
		*charset ? "; charset=" : "", charset, bytes);
	g_autofree char *line = g_strdup_printf("%s\n", expected);

	assert_text(mail, line);
}

static void test_charsets(void **state)
{
	(void)state;
	assert_charset("utf-8",
		"Gr\xC3\xBC\xC3\x9F"
		"e",
		"Grüße");
	assert_charset("iso-8859-1",
		"Gr\xFC\xDF"
		"e",
		"Grüße");
	assert_charset("\"ISO-8859-15\"", "\xA4", "€");
	/* Small charsets are read as the larger ones that software means. */
	assert_charset("iso-8859-1", "\x80 \x93quoted\x94", "€ “quoted”");
	assert_charset("us-ascii", "caf\xE9", "café");
	assert_charset("us-ascii", "caf\xC3\xA9", "café");
	assert_charset("gb2312", "\xC4\xE3\xBA\xC3", "你好");
	assert_charset("shift_jis", "\x83\x65\x83\x58\x83\x67", "テスト");
	assert_charset("iso-2022-jp", "\x1B$B%F%9%H\x1B(B", "テスト");
	assert_charset("koi8-r", "\xD0\xD2\xC9\xD7\xC5\xD4", "привет");
	assert_charset("big5", "\xA7\x41\xA6\x6E", "你好");
	/* Unsaid, unknown, wrong: UTF-8 where it is, else Windows-1252. */
	assert_charset("", "caf\xC3\xA9", "café");
	assert_charset("", "caf\xE9", "café");
	assert_charset("x-unknown", "caf\xE9", "café");
	assert_charset("utf-8", "caf\xE9!", "caf\uFFFD!");
}

static void test_charset_of_html(void **state)
{
	(void)state;
	assert_text("Subject: x\nContent-Type: text/html\n\n"
		    "<meta charset=koi8-r>\xD0\xD2\xC9\xD7\xC5\xD4\n",
		"привет\n");
	assert_text("Subject: x\nContent-Type: text/html\n\n"
		    "<meta http-equiv=Content-Type content=\"text/html; charset=koi8-r\">"
		    "\xD0\xD2\xC9\xD7\xC5\xD4\n",
		"привет\n");
	/* The mail counts more than the page. */
	assert_text("Subject: x\nContent-Type: text/html; charset=utf-8\n\n"
		    "<meta charset=koi8-r>caf\xC3\xA9\n",
		"café\n");
}

/* ---- headers ---- */

static void test_headers(void **state)
{
	(void)state;
	assert_header("Subject: a\n  folded\n\tline\n\n", "Subject", "a  folded\tline");
	assert_header("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= x\n\n", "Subject", "Grüße x");
	assert_header(
		"Subject: =?utf-8?B?R3LDvMOfZQ==?=\n =?utf-8?B?ISE=?=\n\n", "Subject", "Grüße!!");
	assert_header("Subject: =?utf-8?B?R3LDvMOfZQ==?= =?UTF-8?b?ISE=?= =?utf-8?Q?_x?=\n\n",
		"Subject", "Grüße!! x");
	assert_header("Subject: =?utf-8?B?4pg=?= =?utf-8?B?gw==?=\n\n", "Subject", "☃");
	assert_header("Subject: =?utf-8?B?YQ==?= b =?utf-8?B?Yw==?=\n\n", "Subject", "a b c");
	assert_header("Subject: =?utf-8?B?YQ==?= =?koi8-r?B?1A==?= =?utf-8?B?\n\n", "Subject",
		"aт =?utf-8?B?");
	/* A character that two words share. */
	assert_header("Subject: =?utf-8?Q?=C3?=\n =?utf-8?Q?=BC?=\n\n", "Subject", "ü");
	assert_header("Subject: =?iso-8859-1?Q?caf=E9?=\n\n", "Subject", "café");
	assert_header("Subject: =?gb2312?B?xOO6ww==?=\n\n", "Subject", "你好");
	assert_header("Subject: =?utf-8?Q?broken\n\n", "Subject", "=?utf-8?Q?broken");
	assert_header("SUBJECT: upper\n\n", "subject", "upper");
	assert_header("Subject: first\nSubject: second\n\n", "Subject", "first");
	assert_header("Subject:\n\nx", "Subject", "");
	assert_header("From: =?utf-8?Q?B=C3=A4nk?= <info@example.com>\n\n", "From",
		"Bänk <info@example.com>");
	/* What is decoded may be a line break or a control: it is text here. */
	assert_header(
		"Subject: =?utf-8?Q?a=0D=0ABcc:=20b=1B[2J?=\n\n", "Subject", "a\r\nBcc: b\x1B[2J");
	/* Trace fields stand as they are. */
	assert_header(
		"Received: from =?utf-8?Q?x?=\n (a)\n\n", "Received", "from =?utf-8?Q?x?= (a)");
}

static void test_8bit_headers(void **state)
{
	(void)state;
	assert_header("Subject: caf\xC3\xA9\n\n", "Subject", "café");
	struct message *message = parse("Subject: caf\xE9\nX-\xFF: \xFE\xFF\n\n");
	const GPtrArray *headers = message_headers(message);
	assert_true(g_utf8_validate(message_header(message, "Subject"), -1, NULL));
	assert_true(g_str_has_prefix(message_header(message, "Subject"), "caf"));
	for (guint i = 0; i < headers->len; i++) {
		const struct message_header *header = headers->pdata[i];

		assert_true(g_utf8_validate(header->name, -1, NULL));
		assert_true(g_utf8_validate(header->value, -1, NULL));
	}
	message_free(message);
}

static void test_header_links(void **state)
{
	(void)state;
	assert_links("List-Unsubscribe: <https://example.com/u?\n x=1>,\n <mailto:u@example.com>\n"
		     "List-Help: <http://example.com/help> (see)\n"
		     "List-Unsubscribe: https://example.com/bare\n"
		     "X-Other: <https://example.com/no>\n\n",
		"https://example.com/u?x=1 header http://example.com/help header "
		"https://example.com/bare header");
	assert_links("List-Unsubscribe: <>, <, >, <nonsense>\n\n", "");
	assert_links("list-unsubscribe: =?utf-8?Q?<https://example.com/q>?=\n\n",
		"https://example.com/q header");
}

/* ---- what is broken ---- */

static void test_malformed(void **state)
{
	(void)state;
	/* A boundary that never ends, one that never begins, one that is not said. */
	assert_text("Subject: x\n" MIXED "--m\n\nunfinished", "unfinished\n");
	assert_text("Subject: x\n" MIXED "no part at all\n", "no part at all\n");
	assert_links("Subject: x\nContent-Type: multipart/mixed\n\nhttps://example.com/a\n",
		"https://example.com/a text");
	assert_links("Subject: x\nContent-Type: multipart/mixed; boundary=\"m\n\n--m\n\n"
		     "<a href=\"https://example.com/b\">b</a>\n--m--\n",
		"https://example.com/b text");
	assert_text("Subject: x\nContent-Type: nonsense\n\ntext\n", "text\n");
	assert_text("Subject: x\nContent-Type: text; charset=utf-8\n\ntext\n", "text\n");
	assert_text("Subject: x\nContent-Type: application/octet-stream\n\nbytes\n", "");
	assert_text("Subject: x\nContent-Type: text/plain; charset=\"\n\ntext\n", "text\n");
	assert_text("Subject: x\nno header\n\ntext\n", "text\n");
	assert_text("From MAILER Tue Mar  3 10:00:00 2026\nSubject: x\n\nfirst\n", "first\n");
	assert_header("Subject : spaced\n\n", "Subject", "spaced");
}

static void test_nul(void **state)
{
	static const char mail[] = "Subject: a\0b\n\nhttps://example.com/\0evil\n";
	struct message *message = parse_bytes(mail, sizeof mail - 1);
	const struct rendered *text = message_text(message);

	(void)state;
	assert_int_equal(text->text->len, strlen(text->text->str));
	assert_non_null(strstr(text->text->str, "evil"));
	assert_non_null(strchr(message_header(message, "Subject"), 'b'));
	message_free(message);
}

static void assert_no_mail(const char *bytes, size_t len)
{
	g_autoptr(GError) error = NULL;

	assert_null(message_parse(bytes, len, "junk", &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID));
	assert_string_equal(error->message, "junk: not a mail");
}

static void test_no_mail(void **state)
{
	(void)state;
	assert_no_mail("", 0);
	assert_no_mail("\n\n", 2);
	assert_no_mail("\0\0\0\0", 4);
}

/* ---- too much ---- */

static char *nested(unsigned depth)
{
	GString *mail = g_string_new("Subject: x\n");

	for (unsigned i = 0; i < depth; i++)
		g_string_append_printf(
			mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
	g_string_append(mail, "Content-Type: text/plain\n\nhttps://example.com/deep\n");
	return g_string_free(mail, FALSE);
}

static void test_depth(void **state)
{
	g_autofree char *fits = nested(MESSAGE_MAX_DEPTH), *deep = nested(MESSAGE_MAX_DEPTH + 1);
	g_autofree char *abyss = nested(3000);
	struct message *message = parse(fits);

	(void)state;
	assert_null(message_incomplete(message));
	assert_int_equal(message_links(message)->len, 1);
	message_free(message);
	message = parse(deep);
	assert_string_equal(message_incomplete(message), "nested too deep: the rest is left out");
	assert_int_equal(message_links(message)->len, 0);
	message_free(message);
	message = parse(abyss);
	assert_non_null(message_incomplete(message));
	message_free(message);
}

static void test_parts(void **state)
{
	g_autoptr(GString) mail = g_string_new("Subject: x\n" MIXED);

	(void)state;
	for (int i = 0; i < MESSAGE_MAX_PARTS + 100; i++)
		g_string_append_printf(mail, "--m\n\nhttps://example.com/%d\n", i);
	struct message *message = parse_bytes(mail->str, mail->len);
	assert_string_equal(message_incomplete(message), "too many parts: the rest is left out");
	assert_int_equal(message_parts(message)->len, MESSAGE_MAX_PARTS);
	message_free(message);
}

static void test_links(void **state)
{
	g_autoptr(GString) mail = g_string_new("Subject: x\nContent-Type: text/html\n\n");

	(void)state;
	for (int i = 0; i < LINK_MAX + 100; i++)
		g_string_append_printf(mail, "<a href=https://example.com/%d>x</a>\n", i);
	struct message *message = parse_bytes(mail->str, mail->len);
	assert_string_equal(message_incomplete(message), "too many links: the rest is left out");
	assert_int_equal(message_links(message)->len, LINK_MAX);
	message_text(message);
	message_free(message);
}

static void test_huge_headers(void **state)
{
	g_autoptr(GString) mail = g_string_new("X-Long: ");

	(void)state;
	for (int i = 0; i < 200000; i++)
		g_string_append(mail, "0123456789");
	g_string_append(mail, "\nSubject: after\n\nbody\n");
	struct message *message = parse_bytes(mail->str, mail->len);
	assert_string_equal(message_header(message, "Subject"), "after");
	assert_string_equal(message_text(message)->text->str, "body\n");
	message_free(message);
	g_string_truncate(mail, 0);
	for (int i = 0; i < 200000; i++)
		g_string_append_printf(mail, "X-%d: %d\n", i, i);
	g_string_append(mail, "\nbody\n");
	message = parse_bytes(mail->str, mail->len);
	assert_string_equal(
		message_incomplete(message), "too many headers or parts: the rest is left out");
	message_free(message);
}

static void test_size(void **state)
{
	g_autoptr(GError) error = NULL;
	char byte = 'x';

	(void)state;
	/* Refused before a byte is looked at. */
	assert_null(message_parse(&byte, MESSAGE_MAX_SIZE + 1, NULL, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT));
	assert_string_equal(error->message, "mail: larger than 64 MiB");
}

static void test_long_text_is_cut(void **state)
{
	g_autoptr(GString) mail = g_string_new("Subject: x\n\n");

	(void)state;
	while (mail->len < RENDERED_MAX_SIZE + 1000)
		g_string_append(mail, "0123456789 é\n");
	struct message *message = parse_bytes(mail->str, mail->len);
	const struct rendered *text = message_text(message);
	assert_true(text->text->len <= RENDERED_MAX_SIZE + 100);
	assert_true(g_utf8_validate(text->text->str, (gssize)text->text->len, NULL));
	assert_true(g_str_has_suffix(text->text->str, "[the text is cut here]\n"));
	message_free(message);
}

/* ---- files ---- */

static void assert_cannot_read(const char *path, int code, const char *what)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *expected = g_strdup_printf("%s: %s", path, what);

	assert_null(message_read(path, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, code));
	assert_string_equal(error->message, expected);
}

static void test_files(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("espial-message-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "mail", NULL);
	g_autofree char *pipe = g_build_filename(dir, "pipe", NULL);
	g_autofree char *large = g_build_filename(dir, "large", NULL);
	g_autofree char *missing = g_build_filename(dir, "missing", NULL);

	(void)state;
	assert_true(g_file_set_contents(file, "Subject: x\n\nbody\n", -1, NULL));
	struct message *message = message_read(file, NULL);
	assert_non_null(message);
	assert_string_equal(message_path(message), file);
	message_free(message);
	assert_cannot_read(missing, ESPIAL_ERROR_NOT_FOUND, "no such file: run notmuch new");
	assert_cannot_read(dir, ESPIAL_ERROR_NOT_FOUND, "not a readable file");
	/* Reading from a pipe would wait for ever. */
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_cannot_read(pipe, ESPIAL_ERROR_NOT_FOUND, "not a readable file");
	assert_true(g_file_set_contents(large, "Subject: x\n\n", -1, NULL));
	assert_int_equal(truncate(large, (off_t)MESSAGE_MAX_SIZE + 1), 0);
	assert_cannot_read(large, ESPIAL_ERROR_LIMIT, "larger than 64 MiB");
	g_unlink(file);
	g_unlink(pipe);
	g_unlink(large);
	g_rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_mail),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_alternative),
		cmocka_unit_test(test_order_of_alternatives),
		cmocka_unit_test(test_several_parts),
		cmocka_unit_test(test_message_in_message),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_charset_of_html),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_8bit_headers),
		cmocka_unit_test(test_header_links),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_no_mail),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_huge_headers),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_long_text_is_cut),
		cmocka_unit_test(test_files),
	};

	message_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
