/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports: what is in them, that each form is what its standard says, and that nobody finds out
 * from them who received a message. What was written is read back by GMime and Jansson.
 */
#include "rules/error.h"
#include "tests/unit/reporting.h"
#include "tui/report/redact.h"
#include "tui/report/report_internal.h"

#include <gmime/gmime.h>
#include <jansson.h>

/* ---- reading back ---- */

static GMimeMessage *parsed(const char *mail)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail, strlen(mail));
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	assert_non_null(message);
	return message;
}

static char *content_of(GMimeObject *object)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	char *text;

	assert_true(GMIME_IS_PART(object));
	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)), stream);
	text = g_strndup((char *)bytes->data, bytes->len);
	g_object_unref(stream);
	return text;
}

static GMimeObject *part(GMimeMessage *message, int index, const char *type)
{
	GMimeMultipart *multipart = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
	GMimeObject *object = g_mime_multipart_get_part(multipart, index);
	g_autofree char *found =
		g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));

	assert_string_equal(found, type);
	return object;
}

/* The values of a field of the feedback report, joined by newlines. */
static char *fields(const char *feedback, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(feedback, "\n", -1);
	GString *values = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++)
		if (g_str_has_prefix(lines[i], name) && lines[i][strlen(name)] == ':')
			g_string_append_printf(values, "%s%s", values->len ? "\n" : "",
				lines[i] + strlen(name) + 2);
	return g_string_free(values, FALSE);
}

static void assert_field(const char *feedback, const char *name, const char *value)
{
	g_autofree char *found = fields(feedback, name);

	assert_string_equal(found, value);
}

/* ---- a campaign ---- */

/* Three off the network, of two accounts; one on it, one of which that is not known. */
static struct fixture *campaign(void)
{
	struct fixture *fixture = fixture_new("");
	static const enum sender senders[] = {
		SENDER_OFF, SENDER_OFF, SENDER_OFF, SENDER_ON, SENDER_UNKNOWN};

	for (unsigned i = 0; i < G_N_ELEMENTS(senders); i++) {
		g_autofree char *recipient = g_strdup_printf("r%04u", i);
		g_autofree char *url =
			click(i == 2 ? 18 : 17, i == 1 ? "fall" : "spring", recipient);

		put_mail(fixture, i + 1, senders[i], "", url);
	}
	fixture_open(fixture);
	return fixture;
}

static void assert_counts(const GPtrArray *counts, const char *expected)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < counts->len; i++) {
		const struct sightings_count *count = counts->pdata[i];

		g_string_append_printf(text, "%s%s=%u", i ? " " : "", count->name, count->messages);
	}
	assert_string_equal(text->str, expected);
	g_string_free(text, TRUE);
}

static void reports_what_is_known(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, NULL);
	const struct sightings *sightings = report->sightings;

	(void)state;
	assert_int_equal(sightings->off, 3);
	assert_int_equal(sightings->on, 1);
	assert_int_equal(sightings->unknown, 1);
	assert_int_equal(sightings->messages, 3);
	assert_int_equal(sightings->links, 3);
	assert_int_equal(sightings->first, NOW - 3 * 86400);
	assert_int_equal(sightings->last, NOW - 86400);
	assert_counts(sightings->accounts, "17=2 18=1");
	assert_counts(sightings->campaigns, "spring=2 fall=1");
	assert_counts(sightings->landings, "landing.example=3");
	assert_counts(sightings->ips, "203.0.113.1=1 203.0.113.2=1 203.0.113.3=1");
	assert_int_equal(sightings->urls->len, 3);
	assert_null(report->account);
	assert_string_equal(report->to, "abuse@acme.example");
	assert_string_equal(report->from, SENDER);
	assert_string_equal(report->subject, "Abuse of Acme Mail: 3 messages");
	report_unref(report);

	report = must_report(fixture, "18");
	assert_string_equal(report->account, "18");
	assert_string_equal(report->campaign, "spring");
	assert_string_equal(report->subject, "Abuse of Acme Mail account 18: 1 message");
	assert_int_equal(report->sightings->messages, 1);
	report_unref(report);
	fixture_free(fixture);
}

/* Of links without an account nobody knows whose they are. */
static void takes_no_account_for_all(void **state)
{
	struct fixture *fixture = fixture_new("");
	g_autofree char *url = click(17, "spring", "r0001");

	(void)state;
	put_mail(fixture, 1, SENDER_OFF, "", url);
	put_mail(fixture, 2, SENDER_OFF, "", "https://open.acme.example/o/spring");
	fixture_open(fixture);
	struct report *report = must_report(fixture, NULL);
	assert_int_equal(report->sightings->messages, 2);
	assert_counts(report->sightings->accounts, "17=1");
	assert_null(report->account);
	assert_string_equal(report->subject, "Abuse of Acme Mail: 2 messages");
	report_unref(report);
	fixture_free(fixture);
}

static void reports_a_time_and_what_is_not_known(void **state)
{
	struct fixture *fixture = campaign();
	struct groups_filter links = {.value = {[GROUPS_ESP] = "acme"}};
	struct report_request request = {
		.links = &links, .since = NOW - 5 * 86400, .unknown = true};
	g_autoptr(GError) error = NULL;
	struct report *report = try_report(fixture, &request, &error);

	(void)state;
	assert_non_null(report);
	assert_int_equal(report->sightings->messages, 4);
	assert_true(report->unknown);
	assert_non_null(strstr(report->text, "1 sent from unknown networks: reported here"));
	assert_null(strstr(report->text, "none of them yours"));
	report_unref(report);

	request.until = NOW - 4 * 86400;
	request.unknown = false;
	assert_null(try_report(fixture, &request, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND));
	assert_non_null(strstr(error->message, "0 off the network of Acme Mail, 1 on it, of 1"));
	fixture_free(fixture);
}

static void says_it_to_people(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, "17");
	static const char *const says[] = {"account 17 of Acme Mail", "Account        17\n",
		"Messages       2, with 2 different links\n",
		"2 sent from outside your network: reported here",
		"1 sent from unknown networks: not reported here",
		"1 sent from your network: not reported here",
		"Period         2026-11-22 to 2026-11-23 (UTC)\n",
		"  landing.example  2 messages\n", "  203.0.113.1  1 message  host.spam.example\n",
		"  https://click.acme.example/c/17/spring/REDACTED?to=https%3A%2F%2Fwww.landing",
		"    account 17, campaign spring\n    leads to landing.example\n",
		"  Subject: You won 1\n", "for <REDACTED>; Tue, 24 Nov 2026"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(says); i++)
		if (!strstr(report->text, says[i]))
			fail_msg("does not say \"%s\":\n%s", says[i], report->text);
	report_unref(report);
	fixture_free(fixture);
}

/* ---- RFC 5965 ---- */

static void is_a_feedback_report(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, "17");
	GMimeMessage *mail = parsed(report->arf);
	GMimeObject *body = g_mime_message_get_mime_part(mail);
	g_autofree char *text = content_of(part(mail, 0, "text/plain"));
	g_autofree char *feedback = content_of(part(mail, 1, "message/feedback-report"));
	GMimeObject *sample = part(mail, 2, "message/rfc822");
	g_autofree char *agent = fields(feedback, "User-Agent");
	static const char *const once[] = {"Feedback-Type", "User-Agent", "Version",
		"Original-Mail-From", "Arrival-Date", "Source-IP", "Incidents"};

	(void)state;
	assert_true(GMIME_IS_MULTIPART(body));
	assert_string_equal(
		g_mime_object_get_content_type_parameter(body, "report-type"), "feedback-report");
	assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(body)), 3);
	assert_string_equal(text, report->text);
	for (size_t i = 0; i < G_N_ELEMENTS(once); i++) {
		g_autofree char *value = fields(feedback, once[i]);

		if (!*value || strchr(value, '\n'))
			fail_msg("%s is there other than once: %s", once[i], feedback);
	}
	assert_field(feedback, "Feedback-Type", "abuse");
	assert_field(feedback, "Version", "1");
	assert_true(g_str_has_prefix(agent, "espial/"));
	assert_field(feedback, "Original-Mail-From", "<bounce@spam.example>");
	assert_field(feedback, "Source-IP", "203.0.113.1");
	assert_field(feedback, "Arrival-Date", "Tue, 24 Nov 2026 11:00:00 +0000");
	assert_field(feedback, "Incidents", "2");
	assert_field(feedback, "Reported-Domain", "click.acme.example\nlanding.example");
	/* Who received it stands in a field of its own, which is left out. */
	assert_field(feedback, "Original-Rcpt-To", "");
	g_autofree char *uris = fields(feedback, "Reported-URI");
	assert_non_null(strstr(uris, "https://click.acme.example/c/17/fall/REDACTED"));

	GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(sample));
	assert_string_equal(g_mime_message_get_subject(inner), "You won 1");
	g_object_unref(mail);
	report_unref(report);
	fixture_free(fixture);
}

static void is_a_mail(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, NULL);
	GMimeMessage *mail = parsed(report->arf);
	g_auto(GStrv) lines = g_strsplit(report->arf, "\n", -1);
	g_autofree char *from =
		internet_address_list_to_string(g_mime_message_get_from(mail), NULL, FALSE);
	g_autofree char *to =
		internet_address_list_to_string(g_mime_message_get_to(mail), NULL, FALSE);

	(void)state;
	assert_string_equal(from, SENDER);
	assert_string_equal(to, "abuse@acme.example");
	assert_string_equal(g_mime_message_get_subject(mail), report->subject);
	assert_int_equal(g_date_time_to_unix(g_mime_message_get_date(mail)), NOW);
	assert_true(g_str_has_suffix(g_mime_message_get_message_id(mail), "@reporter.example"));
	/* Mail systems take it as it is (RFC 5322 §2.1.1). */
	assert_true(g_str_is_ascii(report->arf));
	for (guint i = 0; lines[i]; i++)
		assert_true(strlen(lines[i]) <= 998);
	g_object_unref(mail);
	report_unref(report);
	fixture_free(fixture);
}

/* ---- XARF ---- */

struct xarf_field {
	const char *name;
	json_type type;
	bool required;
};

/* The fields of schemas/v4/xarf-core.json and types/messaging-spam.json, as published. */
static const struct xarf_field core_fields[] = {{"xarf_version", JSON_STRING, true},
	{"report_id", JSON_STRING, true}, {"timestamp", JSON_STRING, true},
	{"reporter", JSON_OBJECT, true}, {"sender", JSON_OBJECT, true},
	{"source_identifier", JSON_STRING, true}, {"source_port", JSON_INTEGER, true},
	{"category", JSON_STRING, true}, {"type", JSON_STRING, true},
	{"evidence_source", JSON_STRING, false}, {"evidence", JSON_ARRAY, false},
	{"tags", JSON_ARRAY, false}, {"confidence", JSON_REAL, false},
	{"description", JSON_STRING, false}, {"protocol", JSON_STRING, true},
	{"smtp_from", JSON_STRING, true}, {"smtp_to", JSON_STRING, false},
	{"subject", JSON_STRING, false}, {"sender_name", JSON_STRING, false},
	{"message_id", JSON_STRING, false}, {"user_agent", JSON_STRING, false},
	{"recipient_count", JSON_INTEGER, false}, {"language", JSON_STRING, false},
	{"spam_indicators", JSON_OBJECT, false}, {0}};
static const struct xarf_field contact_fields[] = {{"org", JSON_STRING, true},
	{"contact", JSON_STRING, true}, {"domain", JSON_STRING, true}, {0}};
static const struct xarf_field evidence_fields[] = {{"content_type", JSON_STRING, true},
	{"description", JSON_STRING, false}, {"payload", JSON_STRING, true},
	{"hash", JSON_STRING, false}, {"size", JSON_INTEGER, false}, {0}};
static const struct xarf_field indicator_fields[] = {{"suspicious_links", JSON_ARRAY, false},
	{"commercial_content", JSON_TRUE, false}, {"bulk_characteristics", JSON_TRUE, false}, {0}};

static const struct xarf_field *field_named(const struct xarf_field *fields_, const char *name)
{
	for (; fields_->name; fields_++)
		if (strcmp(fields_->name, name) == 0)
			return fields_;
	return NULL;
}

/* Required ones are there, all are of their type, and there are no others but `espial` at the top.
 */
static void assert_fields(const json_t *object, const struct xarf_field *fields_, bool open)
{
	const char *name;
	json_t *value;

	assert_true(json_is_object(object));
	for (const struct xarf_field *field = fields_; field->name; field++)
		if (field->required && !json_object_get(object, field->name))
			fail_msg("%s is missing", field->name);
	json_object_foreach((json_t *)object, name, value)
	{
		const struct xarf_field *field = field_named(fields_, name);
		json_type type = json_is_boolean(value) ? JSON_TRUE : json_typeof(value);

		if (!field && !(open && strcmp(name, "espial") == 0))
			fail_msg("%s is no field", name);
		if (field && field->type != type)
			fail_msg("%s is of another type", name);
	}
}

static const char *string_at(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool is_like(const char *text, const char *pattern)
{
	return g_regex_match_simple(pattern, text, 0, 0);
}

static void has_the_published_fields(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, "17");
	json_t *xarf = json_loads(report->xarf, 0, NULL), *item, *tag;
	size_t i;

	(void)state;
	assert_fields(xarf, core_fields, true);
	assert_fields(json_object_get(xarf, "reporter"), contact_fields, false);
	assert_fields(json_object_get(xarf, "sender"), contact_fields, false);
	assert_fields(json_object_get(xarf, "spam_indicators"), indicator_fields, false);
	json_array_foreach(json_object_get(xarf, "evidence"), i, item)
		assert_fields(item, evidence_fields, false);
	assert_int_equal(i, 1);
	assert_true(is_like(string_at(xarf, "xarf_version"), "^4\\.[0-9]+\\.[0-9]+$"));
	assert_true(g_uuid_string_is_valid(string_at(xarf, "report_id")));
	assert_string_equal(string_at(xarf, "report_id"), report->id);
	assert_string_equal(string_at(xarf, "timestamp"), "2026-11-24T11:00:00Z");
	assert_string_equal(string_at(xarf, "category"), "messaging");
	assert_string_equal(string_at(xarf, "type"), "spam");
	assert_string_equal(string_at(xarf, "protocol"), "smtp");
	assert_string_equal(string_at(xarf, "source_identifier"), "203.0.113.1");
	assert_string_equal(string_at(xarf, "smtp_from"), "bounce@spam.example");
	assert_string_equal(string_at(xarf, "evidence_source"), "content_analysis");
	assert_string_equal(
		string_at(json_object_get(xarf, "reporter"), "contact"), "desk@reporter.example");
	json_array_foreach(json_object_get(xarf, "tags"), i, tag) assert_true(
		is_like(json_string_value(tag), "^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$"));
	json_decref(xarf);
	report_unref(report);
	fixture_free(fixture);
}

static void carries_the_sample(void **state)
{
	struct fixture *fixture = campaign();
	struct report *report = must_report(fixture, NULL);
	json_t *xarf = json_loads(report->xarf, 0, NULL);
	const json_t *item = json_array_get(json_object_get(xarf, "evidence"), 0);
	gsize len;
	g_autofree guchar *payload = g_base64_decode(string_at(item, "payload"), &len);
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, payload, len);

	(void)state;
	assert_int_equal(len, report->sample->mail->len);
	assert_memory_equal(payload, report->sample->mail->str, len);
	assert_string_equal(string_at(item, "hash") + strlen("sha256:"), sum);
	assert_int_equal(json_integer_value(json_object_get(item, "size")), len);
	json_decref(xarf);
	report_unref(report);
	fixture_free(fixture);
}

/* A sender that is no address, and none at all. */
static void has_an_envelope_sender_always(void **state)
{
	static const char *const froms[] = {
		"Return-Path: <>\nFrom: nobody\n", "From: =?utf-8?q?=C3?=\n"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(froms); i++) {
		struct fixture *fixture = fixture_new("");
		g_autofree char *received = received_from(SENDER_OFF, 9, TRAP);
		g_autofree char *url = click(17, "spring", "r0001");
		g_autofree char *mail =
			g_strdup_printf("%sTo: " TRAP "\n%sMessage-ID: <a@b.example>\n\n%s\n",
				received, froms[i], url);
		g_autofree char *path =
			g_build_filename(fixture->scratch->mail, "spam/cur/a:2,", NULL);
		write_file(path, mail);
		fixture_open(fixture);
		struct groups_filter links = {.value = {[GROUPS_ESP] = "acme"}};
		struct report_request request = {.links = &links, .unknown = true};
		struct report *report = try_report(fixture, &request, NULL);

		assert_non_null(report);
		json_t *xarf = json_loads(report->xarf, 0, NULL);
		assert_string_equal(string_at(xarf, "smtp_from"), "unknown@sender.invalid");
		json_decref(xarf);
		report_unref(report);
		fixture_free(fixture);
	}
}

/* ---- who reports ---- */

static void tells_who_reports_only_if_it_may(void **state)
{
	struct fixture *fixture = campaign();

	(void)state;
	/* git's address is the user's own, which the scratch store's configuration names */
	g_clear_pointer(&fixture->settings->report_from, g_free);
	struct report *report = must_report(fixture, NULL);
	assert_null(report->from);
	assert_null(report->arf);
	assert_null(report->xarf);
	assert_non_null(strstr(report->unsent, "espial.report_from"));
	assert_non_null(report->text);
	report_unref(report);

	fixture->settings->addresses[0] = '\0';
	report = must_report(fixture, NULL);
	assert_string_equal(report->from, "Test Analyst <analyst@example.org>");
	report_unref(report);

	/* who says so himself is shown, but nowhere else than where who reports stands */
	fixture->settings->report_from = g_strdup(TRAP);
	report = must_report(fixture, NULL);
	g_autofree char *after = g_strdup(strstr(report->arf, "Auto-Submitted"));
	assert_non_null(after);
	assert_null(strcasestr(after, "honeypot"));
	assert_null(strcasestr(report->text, "honeypot"));
	report_unref(report);
	fixture_free(fixture);
}

static void refuses_words_that_are_everywhere(void **state)
{
	struct fixture *fixture = campaign();
	struct groups_filter links = {.value = {[GROUPS_ESP] = "acme"}};
	struct report_request request = {.links = &links};
	g_autoptr(GError) error = NULL;

	(void)state;
	fixture->settings->redact = g_strdup("trap.example; xy");
	assert_null(try_report(fixture, &request, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID));
	assert_non_null(strstr(error->message, "espial.redact: xy"));
	fixture_free(fixture);
}

/* ---- nobody is recognised ---- */

/* The trap in some forms, with words around them. */
static char *trap_text(GRand *rand, unsigned count)
{
	GString *text = g_string_new("Dear honeypot.7,\n");

	while (count--) {
		g_autofree char *form =
			forms[g_rand_int_range(rand, 0, G_N_ELEMENTS(forms))].encode(TRAP);
		g_autofree char *token =
			g_rand_boolean(rand)
				? layers[g_rand_int_range(rand, 0, G_N_ELEMENTS(layers))].encode(
					  form)
				: g_strdup(form);

		g_string_append_printf(text, "see https://site.example/?x=%s&y=1 now\n", token);
	}
	return g_string_free(text, FALSE);
}

static char *split_words(const char *text)
{
	size_t half = strlen(text) / 2;
	g_autofree char *first = g_base64_encode((const guchar *)text, half);
	g_autofree char *second = g_base64_encode((const guchar *)text + half, strlen(text) - half);

	return g_strdup_printf("=?utf-8?B?%s?= =?utf-8?B?%s?=", first, second);
}

static char *trap_headers(GRand *rand)
{
	g_autofree char *words = split_words(TRAP);
	g_autofree char *hash = md5(TRAP);
	g_autofree char *form = forms[g_rand_int_range(rand, 0, 20)].encode(TRAP);
	g_autofree char *token = base64(TRAP);

	g_strdelimit(form, "\r\n", ' ');
	return g_strdup_printf(
		"X-Original-To: " TRAP "\nEnvelope-To: " TRAP "\nCc: \"Honey Pot\" <" TRAP
		">\nResent-Message-ID: <17.honeypot.7=trap.example@spam.example>\n"
		"X-Words: %s\nX-Hash: %s\nX-Form: %s\nX-Token: %s\n"
		"X-honeypot.7-trap.example: 1\n"
		"List-Unsubscribe: <mailto:u-honeypot.7=trap.example@spam.example>,\n"
		" <https://spam.example/u/%s>\nSender: honeypot.7@trap.example\n"
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" TRAP "\"\n",
		words, hash, form, token, token);
}

static char *trap_body(GRand *rand, const char *url)
{
	g_autofree char *plain_text = trap_text(rand, 4);
	g_autofree char *html = trap_text(rand, 4);
	g_autofree char *page = g_strdup_printf("<p>%s</p><a href=\"%s\">go</a>", html, url);
	g_autofree char *page_base64 = g_base64_encode((guchar *)page, strlen(page));

	return g_strdup_printf(
		"--" TRAP "\nContent-Type: text/plain; name=\"" TRAP "\"\n\n%s\n--" TRAP
		"\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n%s\n"
		"--" TRAP "\nContent-Type: image/png; name=\"" TRAP ".png\"\n\n" TRAP "\n--" TRAP
		"--\n",
		plain_text, page_base64);
}

static void assert_no_form(const char *text, const char *where)
{
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *form = forms[i].encode(TRAP);

		if (strcasestr(text, form))
			fail_msg("%s: the trap is there as %s:\n%s", where, forms[i].name, text);
		for (size_t n = 0; n < G_N_ELEMENTS(layers); n++) {
			g_autofree char *token = layers[n].encode(form);

			if (strstr(text, token))
				fail_msg("%s: the trap is there as %s of %s:\n%s", where,
					layers[n].name, forms[i].name, text);
		}
	}
	if (strcasestr(text, "honeypot") || strcasestr(text, "trap.example>"))
		fail_msg("%s: half of the trap is there:\n%s", where, text);
}

static void assert_no_form_in_object(GMimeObject *object);

static void assert_no_form_in_headers(GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);

	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		g_autofree char *raw =
			g_mime_utils_header_unfold(g_mime_header_get_raw_value(header));

		assert_no_form(g_mime_header_get_name(header), "a header's name");
		assert_no_form(raw, "a header");
		assert_no_form(g_mime_header_get_value(header), "a decoded header");
	}
}

static void assert_no_form_in_object(GMimeObject *object)
{
	assert_no_form_in_headers(object);
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		assert_no_form_in_headers(GMIME_OBJECT(inner));
		assert_no_form_in_object(g_mime_message_get_mime_part(inner));
	} else if (GMIME_IS_MULTIPART(object)) {
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
			assert_no_form_in_object(
				g_mime_multipart_get_part(GMIME_MULTIPART(object), i));
	} else {
		g_autofree char *text = content_of(object);

		assert_no_form(text, "a part");
	}
}

static void assert_nobody(const struct report *report)
{
	GMimeMessage *mail = parsed(report->arf);
	json_t *xarf = json_loads(report->xarf, 0, NULL);
	const json_t *item = json_array_get(json_object_get(xarf, "evidence"), 0);
	gsize len;
	g_autofree guchar *payload = g_base64_decode(string_at(item, "payload"), &len);
	g_autofree char *sample = g_strndup((char *)payload, len);
	GMimeMessage *inner = parsed(sample);

	assert_no_form(report->text, "text");
	assert_no_form(report->arf, "ARF");
	assert_no_form(report->xarf, "XARF");
	assert_no_form(sample, "the sample");
	assert_no_form_in_headers(GMIME_OBJECT(mail));
	assert_no_form_in_object(g_mime_message_get_mime_part(mail));
	assert_no_form_in_headers(GMIME_OBJECT(inner));
	assert_no_form_in_object(g_mime_message_get_mime_part(inner));
	g_object_unref(inner);
	g_object_unref(mail);
	json_decref(xarf);
}

/* The trap is everywhere in the mail, in forms that differ from seed to seed. */
static void shows_nobody(void **state)
{
	(void)state;
	for (guint32 seed = 1; seed <= 12; seed++) {
		g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
		struct fixture *fixture = fixture_new("");
		g_autofree char *hash = sha256(TRAP);
		g_autofree char *path_token = hex(TRAP);
		g_autofree char *url = click(17, path_token, hash);
		g_autofree char *headers = trap_headers(rand);
		g_autofree char *body = trap_body(rand, url);

		put_mail(fixture, seed, SENDER_OFF, headers, body);
		fixture_open(fixture);
		struct report *report = must_report(fixture, NULL);
		assert_nobody(report);
		/* what stands around it does not go with it */
		assert_non_null(strstr(report->sample->mail->str, "Dear " REDACTED ","));
		assert_non_null(strstr(report->sample->mail->str, "see https://site.example/?x="));
		report_unref(report);
		fixture_free(fixture);
	}
}

/* A link that another message carries shows who received that one. */
static void knows_the_recipients_of_other_messages(void **state)
{
	struct fixture *fixture = fixture_new("");
	g_autofree char *token = base64("second-trap@elsewhere.example");
	g_autofree char *url = click(17, "spring", "r0001");
	g_autofree char *other = g_strdup_printf("%s&t=%s", url, token);

	(void)state;
	put_mail(fixture, 1, SENDER_OFF, "", url);
	put_mail(fixture, 2, SENDER_OFF, "X-Envelope-To: second-trap@elsewhere.example\n", other);
	fixture_open(fixture);
	struct report *report = must_report(fixture, NULL);
	assert_int_equal(report->sightings->urls->len, 2);
	assert_null(strstr(report->text, token));
	assert_null(strstr(report->arf, token));
	assert_non_null(strstr(report->text, "&t=REDACTED"));
	report_unref(report);
	fixture_free(fixture);
}

/* Spam shows long lists of whom it was sent to. Their names are words of everyday text. */
static void redacts_long_lists_of_recipients(void **state)
{
	struct fixture *fixture = fixture_new("");
	g_autofree char *url = click(17, "spring", "r0001");
	GString *list = g_string_new("X-Envelope-To: ");

	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		g_string_append_printf(
			list, "%sspring%u@list%u.example", i ? ",\n " : "", i, i % 7);
	g_string_append(list, ",\n winter@list1.example\n");
	g_autofree char *body = g_strdup_printf("winter@list1.example spring1400=list0.example in "
						"winter of spring\n%s",
		url);
	put_mail(fixture, 1, SENDER_OFF, list->str, body);
	fixture_open(fixture);
	struct report *report = must_report(fixture, NULL);
	assert_non_null(strstr(report->sample->mail->str, "REDACTED REDACTED in winter of spring"));
	assert_string_equal(report->campaign, "spring");
	report_unref(report);
	g_string_free(list, TRUE);
	fixture_free(fixture);
}

static void redacts_domains_of_the_settings(void **state)
{
	struct fixture *fixture = fixture_new("redact=trap.example\n");
	g_autofree char *url = click(17, "spring", "r0001");

	(void)state;
	put_mail(fixture, 1, SENDER_OFF, "X-Relay: mail7.trap.example\n", url);
	fixture_open(fixture);
	struct report *report = must_report(fixture, NULL);
	/* the name of the border, too */
	assert_null(strcasestr(report->arf, "trap.example"));
	assert_non_null(strstr(report->text, "by mx.REDACTED (Postfix)"));
	report_unref(report);
	fixture_free(fixture);
}

/* What the redaction overlooked, the gate does not let through. */
static void holds_back_what_shows_somebody(void **state)
{
	struct identities *identities = identities_new();

	(void)state;
	assert_true(identities_add(identities, TRAP));
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *form = forms[i].encode(TRAP);
		g_autofree char *text =
			g_strdup_printf("Report\n  https://a.example/?e=%s\n", form);
		g_autofree char *body = base64(text);
		g_autofree char *mail =
			g_strdup_printf("From: a@b.example\nSubject: x\nContent-Type: text/plain\n"
					"Content-Transfer-Encoding: base64\n\n%s\n",
				body);
		g_autofree char *payload = base64(mail);
		g_autofree char *xarf = g_strdup_printf(
			"{\"evidence\": [{\"payload\": \"%s\"}], \"reporter\": {}}", payload);
		g_autoptr(GError) error = NULL;

		assert_false(gate_text(identities, text, &error));
		assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT));
		if (gate_mail(identities, mail, NULL) || gate_arf(identities, mail, NULL) ||
			gate_xarf(identities, xarf, NULL))
			fail_msg("%s is let through", forms[i].name);
	}
	assert_true(gate_text(identities, "Report\n  https://a.example/?e=f\n", NULL));
	assert_true(gate_mail(identities, "From: a@b.example\n\nhello\n", NULL));
	assert_true(
		gate_arf(identities, "From: " TRAP "\nTo: " TRAP "\nSubject: x\n\nhello\n", NULL));
	assert_false(
		gate_arf(identities, "From: a@b.example\nReply-To: " TRAP "\n\nhello\n", NULL));
	assert_true(gate_xarf(identities, "{\"reporter\": {\"contact\": \"" TRAP "\"}}", NULL));
	assert_false(gate_xarf(identities, "{\"espial\": {\"x\": [\"" TRAP "\"]}}", NULL));
	assert_false(gate_xarf(identities, "{", NULL));
	identities_free(identities);
}

/* ---- broken mail ---- */

static void reports_broken_mail(void **state)
{
	static const char *const bodies[] = {
		"%s\xff\xfe\x00", "Content\x1b[2J %s", "<a href=%s>\x1b]0;x\x07</a>\r\r\n"};
	struct fixture *fixture = fixture_new("");

	(void)state;
	for (unsigned i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autofree char *url = click(17, "spring", "r0001");
		g_auto(GStrv) around = g_strsplit(bodies[i], "%s", 2);
		g_autofree char *body = g_strconcat(around[0], url, around[1], NULL);

		put_mail(fixture, i + 1, SENDER_OFF,
			"Subject: \x1b[31mred\x7f\nContent-Type: text/html; charset=nonsense\n",
			body);
	}
	fixture_open(fixture);
	struct report *report = must_report(fixture, NULL);
	assert_null(strchr(report->text, '\x1b'));
	assert_null(strchr(report->arf, '\x1b'));
	assert_null(strchr(report->xarf, '\x1b'));
	assert_true(g_utf8_validate(report->text, -1, NULL));
	report_unref(report);
	fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_what_is_known),
		cmocka_unit_test(takes_no_account_for_all),
		cmocka_unit_test(reports_a_time_and_what_is_not_known),
		cmocka_unit_test(says_it_to_people),
		cmocka_unit_test(is_a_feedback_report),
		cmocka_unit_test(is_a_mail),
		cmocka_unit_test(has_the_published_fields),
		cmocka_unit_test(carries_the_sample),
		cmocka_unit_test(has_an_envelope_sender_always),
		cmocka_unit_test(tells_who_reports_only_if_it_may),
		cmocka_unit_test(refuses_words_that_are_everywhere),
		cmocka_unit_test(shows_nobody),
		cmocka_unit_test(knows_the_recipients_of_other_messages),
		cmocka_unit_test(redacts_long_lists_of_recipients),
		cmocka_unit_test(redacts_domains_of_the_settings),
		cmocka_unit_test(holds_back_what_shows_somebody),
		cmocka_unit_test(reports_broken_mail),
	};

	message_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
