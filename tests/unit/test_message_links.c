/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the links of a mail are: in which part, behind which encoding, under which charset.
 */
#include "tui/mail/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct message *parse(const char *bytes, size_t len)
{
	GError *error = NULL;
	struct message *message = message_parse(bytes, len, "test", &error);

	if (!message)
		fail_msg("%s", error->message);
	return message;
}

/* `kind part-type url`, a line for each link. */
static void assert_links_of(const char *bytes, size_t len, const char *expected)
{
	struct message *message = parse(bytes, len);
	const GPtrArray *links = message_links(message), *parts = message_parts(message);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < links->len; i++) {
		const struct link *link = links->pdata[i];
		const struct message_part *part = parts->pdata[link->part];

		g_string_append_printf(all, "%s %s %s\n", link_kind_name(link->kind),
			link->kind == LINK_HEADER ? link->text : part->type, url_href(link->url));
	}
	assert_string_equal(all->str, expected);
	message_free(message);
}

static void assert_links(const char *mail, const char *expected)
{
	assert_links_of(mail, strlen(mail), expected);
}

/* A mail with one part of these headers and this content in base64. */
static void assert_content(
	const char *headers, const char *content, size_t len, const char *expected)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)content, len);
	g_autofree char *mail = g_strdup_printf("Subject: x\nMIME-Version: 1.0\n%s\n"
						"Content-Transfer-Encoding: base64\n\n%s\n",
		headers, base64);

	assert_links(mail, expected);
}

static void assert_converted(const char *charset, const char *named, const char *expected)
{
	static const char html[] = "<p><a href=\"https://example.com/x\">\xC3\xA9</a></p>";
	g_autofree char *headers = g_strdup_printf("Content-Type: text/html; charset=%s", named);
	gsize len;
	g_autofree char *bytes =
		g_convert(html, sizeof html - 1, charset, "UTF-8", NULL, &len, NULL);

	assert_non_null(bytes);
	assert_content(headers, bytes, len, expected);
}

static const char found[] = "anchor text/html https://example.com/x\n";

static void test_charsets(void **state)
{
	(void)state;
	assert_converted("UTF-8", "utf-8", found);
	assert_converted("ISO-8859-1", "iso-8859-1", found);
	assert_converted("UTF-16LE", "utf-16le", found);
	assert_converted("UTF-16BE", "utf-16be", found);
	assert_converted("UTF-16LE", "utf-16", found);
	assert_converted("UTF-16", "utf-16", found);
	assert_converted("UTF-16", "utf-8", found);
	assert_converted("UTF-32LE", "utf-32", found);
	assert_converted("UTF-7", "utf-7", found);
	assert_converted("IBM037", "ibm037", found);
}

/* Not encoded for transport, so that the mail holds NUL. */
static void test_bare_utf16(void **state)
{
	static const char html[] = "<a href=\"https://example.com/x\">a b</a>";
	static const char *const names[] = {"UTF-16LE", "UTF-16BE", "UTF-16"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GString) mail = g_string_new("Subject: x\n");
		gsize len;
		g_autofree char *bytes =
			g_convert(html, sizeof html - 1, names[i], "UTF-8", NULL, &len, NULL);

		g_string_append_printf(mail, "Content-Type: text/html; charset=%s\n\n", names[i]);
		g_string_append_len(mail, bytes, (gssize)len);
		assert_links_of(mail->str, mail->len, found);
	}
}

/* A false name does not hide a link. */
static void test_mislabelled(void **state)
{
	(void)state;
	assert_converted("UTF-8", "utf-16", found);
	assert_converted("UTF-8", "utf-16be", found);
	assert_converted("UTF-8", "ibm037", found);
	assert_converted("UTF-8", "utf-32", found);
	assert_converted("UTF-8", "iso-2022-jp", found);
	assert_converted("UTF-8", "iso-2022-kr", found);
	assert_converted("ISO-8859-1", "utf-8", found);
	assert_converted("ISO-8859-1", "us-ascii", found);
	assert_converted("UTF-8", "no-such-charset", found);
	assert_converted("UTF-8", "\"'utf-8'\"", found);
	assert_converted("UTF-8", "\"\"", found);
}

static void test_charset_in_page(void **state)
{
	static const char japanese[] = "<meta charset=iso-2022-jp><a href=https://example.com/x>"
				       "\x1b$B$3$s\x1b(B</a>";
	static const char utf16[] = "<meta charset=utf-16><a href=https://example.com/x>x</a>";
	struct message *message;

	(void)state;
	assert_content("Content-Type: text/html", japanese, sizeof japanese - 1, found);
	assert_content("Content-Type: text/html", utf16, sizeof utf16 - 1, found);
	message = parse(
		"Subject: x\nContent-Type: text/html\n\n<meta charset=iso-8859-5>\xB8<p>", 65);
	assert_string_equal(message_text(message)->text->str, "\xD0\x98\n\n");
	message_free(message);
}

static void test_encodings(void **state)
{
	(void)state;
	assert_links("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
		     "<a href=3D\"https://exam=\nple.com/x?a=3D1\">x</a>",
		"anchor text/html https://example.com/x?a=1\n");
	assert_links("Content-Type: text/html\nContent-Transfer-Encoding: BASE64 \n\n"
		     "PGEgaHJlZj1odHRwczovL2V4YW1wbGUuY29tL3g+eDwvYT4\n",
		found);
	assert_links("Content-Type: text/html\nContent-Transfer-Encoding: nonsense\n\n"
		     "<a href=https://example.com/x>x</a>",
		found);
}

static void test_wrapped_text(void **state)
{
	(void)state;
	assert_links("Content-Type: text/plain\n\nSee <https://example.com/a\nb> and "
		     "<https://example.com/c d> <https://example.com/e\n\nf>",
		"text text/plain https://example.com/ab\ntext text/plain https://example.com/c\n"
		"text text/plain https://example.com/e\n");
	assert_links(
		"Content-Type: text/plain; format=flowed; delsp=yes\n\n"
		"https://example.com/a \nb\nhttps://example.com/c\n> https://example.com/ \n> d\n",
		"text text/plain https://example.com/ab\ntext text/plain https://example.com/c\n"
		"text text/plain https://example.com/d\n");
	assert_links("Content-Type: text/plain; format=flowed\n\nhttps://example.com/a \nb",
		"text text/plain https://example.com/a\n");
}

static void test_flowed_text(void **state)
{
	static const char mail[] = "Subject: x\nContent-Type: text/plain; format=flowed\n\n"
				   "one \ntwo\n\n> quoted \n> on\n>> deeper \nout\n"
				   " stuffed\n-- \nsigned\n";
	struct message *message = parse(mail, sizeof mail - 1);

	(void)state;
	assert_string_equal(message_text(message)->text->str,
		"one two\n\n> quoted on\n>> deeper \nout\nstuffed\n-- \nsigned\n");
	message_free(message);
}

static void test_calendar(void **state)
{
	static const char mail[] =
		"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n"
		"DESCRIPTION:Join https://example.com/a\n bc?x=1\\,2\\nor call\n"
		"URL;VALUE=URI:https://example.net/u\nEND:VEVENT\nEND:VCALENDAR\n";
	struct message *message = parse(mail, sizeof mail - 1);

	(void)state;
	assert_null(((struct message_part *)message_parts(message)->pdata[0])->text);
	message_free(message);
	assert_links(mail, "text text/calendar https://example.com/abc?x=1,2\n"
			   "text text/calendar https://example.net/u\n");
	assert_links("Content-Type: application/octet-stream; name=\"invite.ICS\"\n\n"
		     "URL:https://example.com/\n",
		"text application/octet-stream https://example.com/\n");
}

static void test_attached_pages(void **state)
{
	static const char page[] = "<a href=https://example.com/x>x</a>";
	static const char mail[] = "List-Help: <https://example.com/h>\nContent-Type: text/html\n\n"
				   "<a href=https://example.com/x>x</a>";
	static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' "
				  "xmlns:xlink='http://www.w3.org/1999/xlink'>"
				  "<a xlink:href='https://example.com/x'/></svg>";

	(void)state;
	assert_content("Content-Type: application/octet-stream\nContent-Disposition: attachment; "
		       "filename=Invoice.HTM",
		page, sizeof page - 1, "anchor application/octet-stream https://example.com/x\n");
	assert_content("Content-Type: application/xhtml+xml", page, sizeof page - 1,
		"anchor application/xhtml+xml https://example.com/x\n");
	assert_content("Content-Type: image/svg+xml", svg, sizeof svg - 1,
		"anchor image/svg+xml https://example.com/x\n");
	assert_content("Content-Type: application/octet-stream; name=forwarded.eml", mail,
		sizeof mail - 1,
		"header List-Help https://example.com/h\nanchor text/html https://example.com/x\n");
	assert_content("Content-Type: image/png", page, sizeof page - 1, "");
}

static void test_parts(void **state)
{
	(void)state;
	assert_links(
		"List-Unsubscribe: <https://example.com/u>\nContent-Type: multipart/mixed; "
		"boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\n"
		"https://example.com/plain\n--c\nContent-Type: text/html\n\n"
		"<a href=https://example.com/html>x</a>\n--c--\n--b\n"
		"Content-Type: message/rfc822\n\nList-Help: <https://example.com/inner-header>\n"
		"Content-Type: text/html\n\n<a href=https://example.com/inner>x</a>\n--b--\n",
		"header List-Unsubscribe https://example.com/u\n"
		"text text/plain https://example.com/plain\n"
		"anchor text/html https://example.com/html\n"
		"header List-Help https://example.com/inner-header\n"
		"anchor text/html https://example.com/inner\n");
	/* Never closed, and with text around it. */
	assert_links("Content-Type: multipart/mixed; boundary=b\n\nhttps://example.com/before\n"
		     "--b\nContent-Type: text/html\n\n<a href=https://example.com/x>x</a>",
		found);
}

static void test_header_links(void **state)
{
	(void)state;
	assert_links(
		"List-Unsubscribe: <mailto:u@example.com>,\n <https://example.com/very\n"
		"  /long>\nlist-help: https://example.com/bare\nX-Other: <https://example.com/no>"
		"\nList-Post: =?utf-8?q?=3Chttps=3A//example.com/encoded=3E?=\n\nx\n",
		"header List-Unsubscribe https://example.com/very/long\n"
		"header list-help https://example.com/bare\n"
		"header List-Post https://example.com/encoded\n");
}

static void test_headers(void **state)
{
	static const char mail[] = "Subject: =?utf-8?q?a_b?=\n folded\nReceived: from "
				   "=?utf-8?q?x?= by y\nsubject: second\n\n";
	struct message *message = parse(mail, sizeof mail - 1);
	const GPtrArray *headers = message_headers(message);

	(void)state;
	assert_string_equal(message_header(message, "SUBJECT"), "a b folded");
	assert_string_equal(message_header(message, "received"), "from =?utf-8?q?x?= by y");
	assert_null(message_header(message, "To"));
	assert_int_equal(headers->len, 3);
	assert_string_equal(((struct message_header *)headers->pdata[2])->value, "second");
	message_free(message);
}

/* A long base address makes each of many short links long. */
static void test_bytes_of_links(void **state)
{
	g_autoptr(GString) mail =
		g_string_new("Content-Type: text/html\n\n<base href=http://example.com/");
	struct message *message;

	(void)state;
	for (int i = 0; i < 10000; i++)
		g_string_append(mail, "0123456789");
	g_string_append(mail, "/>");
	for (int i = 0; i < 15000; i++)
		g_string_append(mail, "<a href=x>");
	message = parse(mail->str, mail->len);
	assert_in_range(message_links(message)->len, 330, 340);
	assert_non_null(message_incomplete(message));
	message_free(message);
}

static void test_no_mail(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_null(message_parse("", 0, NULL, &error));
	assert_non_null(error);
	g_clear_error(&error);
}

static int start(void **state)
{
	(void)state;
	message_library_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_bare_utf16),
		cmocka_unit_test(test_mislabelled),
		cmocka_unit_test(test_charset_in_page),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_wrapped_text),
		cmocka_unit_test(test_flowed_text),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_attached_pages),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_header_links),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bytes_of_links),
		cmocka_unit_test(test_no_mail),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
