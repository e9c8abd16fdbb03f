/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/received.h"

#include "tui/mail/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const states[] = {"unrecorded", "none", "unverified", "verified"};

/* `ip name-state name helo by with`, `-` for what is not there. */
static void assert_read(const char *value, const char *expected)
{
	struct received *received = received_parse(value);
	g_autofree char *ip = received->has_ip ? ip_format(&received->ip) : g_strdup("-");
	g_autofree char *read = g_strdup_printf("%s %s %s %s %s %s%s", ip,
		states[received->name_state], received->name ? received->name : "-",
		received->helo ? received->helo : "-", received->by ? received->by : "-",
		received->with ? received->with : "-", received->ambiguous ? " ambiguous" : "");

	assert_string_equal(read, expected);
	received_free(received);
}

static void test_postfix(void **state)
{
	(void)state;
	assert_read("from mail.sender.example (mail.sender.example [203.0.113.9]) by "
		    "mx.example.org (Postfix) with ESMTPS id 4QXcq41trPz9 for <trap@example.org>; "
		    "Fri, 2 Jun 2023 09:17:52 +0000 (UTC)",
		"203.0.113.9 verified mail.sender.example mail.sender.example mx.example.org "
		"ESMTPS");
	assert_read("from User (unknown [203.0.113.9]) by mx.example.org (Postfix) with SMTP id 1",
		"203.0.113.9 none - User mx.example.org SMTP");
	assert_read("from host.example (unknown [IPv6:2001:db8::9]) (using TLSv1.3 with cipher "
		    "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519) (No client "
		    "certificate requested) by mx.example.org (Postfix) with ESMTPS id 1",
		"2001:db8::9 none - host.example mx.example.org ESMTPS");
	assert_read(
		"from localhost (localhost [127.0.0.1]) by MX.example.org. (Postfix) with ESMTP",
		"127.0.0.1 verified localhost localhost mx.example.org ESMTP");
	assert_read("by mx.example.org (Postfix, from userid 33) id 1; Fri, 2 Jun 2023 09:17:52 "
		    "+0000",
		"- unrecorded - - mx.example.org -");
}

static void test_sendmail(void **state)
{
	(void)state;
	assert_read("from helo.example (host.example [203.0.113.9] (may be forged)) by "
		    "mx.example.org (8.17.1/8.17.1) with ESMTP id 31JAUYrj017511 for <a@b.example>",
		"203.0.113.9 unverified host.example helo.example mx.example.org ESMTP");
	assert_read("from helo.example (IDENT:root@host.example [203.0.113.9]) by mx.example.org "
		    "(8.9.3/8.9.3) with SMTP id AA1",
		"203.0.113.9 verified host.example helo.example mx.example.org SMTP");
	assert_read(
		"from helo.example ([203.0.113.9]) by mx.example.org (8.14.4/8.14.4) with ESMTP",
		"203.0.113.9 unrecorded - helo.example mx.example.org ESMTP");
	assert_read("from helo.example ([203.0.113.9] (may be forged)) by mx.example.org (8.17.1)",
		"203.0.113.9 unrecorded - helo.example mx.example.org -");
	assert_read("(from www@localhost) by mx.example.org (8.14.4/8.14.4/Submit) id 1",
		"- unrecorded - - mx.example.org -");
}

static void test_exim(void **state)
{
	(void)state;
	assert_read("from host.example ([203.0.113.9]:53566 helo=smtpclient.apple) by "
		    "mx.example.org with esmtpsa (TLS1.2) tls X (Exim 4.96) (envelope-from "
		    "<a@b.example>) id 1qRjuq-00A9Xw-0M for c@d.example",
		"203.0.113.9 verified host.example smtpclient.apple mx.example.org esmtpsa");
	assert_read("from host.example ([203.0.113.9]) by mx.example.org with esmtp (Exim 4.96)",
		"203.0.113.9 verified host.example host.example mx.example.org esmtp");
	assert_read("from [203.0.113.9] (helo=User) by mx.example.org with smtp (Exim 4.94.2)",
		"203.0.113.9 unrecorded - User mx.example.org smtp");
	assert_read("from [203.0.113.9] (port=64086 helo=[192.168.0.5]) by mx.example.org with "
		    "esmtpsa (Exim 4.96)",
		"203.0.113.9 unrecorded - [192.168.0.5] mx.example.org esmtpsa");
	assert_read("from [203.0.113.9] by mx.example.org with smtp (Exim 4.96)",
		"203.0.113.9 unrecorded - - mx.example.org smtp");
}

static void test_qmail(void **state)
{
	(void)state;
	assert_read("from unknown (HELO ?192.168.0.110?) (user@example.org@203.0.113.9) by "
		    "mailserver with SMTP; 2 Feb 2023 01:42:41 -0000",
		"203.0.113.9 none - ?192.168.0.110? mailserver SMTP");
	assert_read("from host.example (HELO other.example) (203.0.113.9) by mx.example.org with "
		    "SMTP",
		"203.0.113.9 unverified host.example other.example mx.example.org SMTP");
	assert_read("from host.example (203.0.113.9) by mx.example.org with SMTP",
		"203.0.113.9 unrecorded - host.example mx.example.org SMTP");
	assert_read("(qmail 4441 invoked from network); 2 Feb 2023 01:42:45 -0000",
		"- unrecorded - - - -");
	/* Cisco's appliances. */
	assert_read("from unknown (HELO helo.example) ([203.0.113.9]) by esa1.example.org with "
		    "ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384",
		"203.0.113.9 none - helo.example esa1.example.org "
		"ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384");
}

static void test_exchange(void **state)
{
	(void)state;
	assert_read("from helo.example (203.0.113.9) by AB1EUR05FT062.mail.protection.outlook.com "
		    "(10.233.243.189) with Microsoft SMTP Server (version=TLS1_2, "
		    "cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.6631.29 via Frontend "
		    "Transport; Wed, 26 Jul 2023 21:13:36 +0000",
		"203.0.113.9 unrecorded - helo.example "
		"ab1eur05ft062.mail.protection.outlook.com Microsoft");
	assert_read("from AB1.example.prod.outlook.com (::1) by CD2.example.prod.outlook.com with "
		    "HTTPS",
		"::1 unrecorded - AB1.example.prod.outlook.com cd2.example.prod.outlook.com HTTPS");
	assert_read("from AB1.corp.example ([fe80::d487:484f]) by AB1.corp.example "
		    "([fe80::d487:484f%4]) with mapi id 15.20.6678.025",
		"fe80::d487:484f unrecorded - AB1.corp.example ab1.corp.example mapi");
}

static void test_mailboxes(void **state)
{
	(void)state;
	/* Gmail */
	assert_read("from helo.example (host.example. [203.0.113.9]) by mx.google.com with ESMTPS "
		    "id 23-20020a17090a0b9700b00229b568de13si3324935pjr.10 for <a@b.example> "
		    "(version=TLS1_2 cipher=ECDHE-ECDSA-AES128-GCM-SHA256 bits=128/128); Wed, 01 "
		    "Feb 2023 17:46:17 -0800 (PST)",
		"203.0.113.9 verified host.example helo.example mx.google.com ESMTPS");
	assert_read(
		"by 2002:a05:7300:538f:b0:7c:ab41:dfcf with SMTP id g15csp950363dye; Wed, 1 Feb "
		"2023 17:46:17 -0800 (PST)",
		"- unrecorded - - 2002:a05:7300:538f:b0:7c:ab41:dfcf SMTP");
	/* Yahoo, of old and of late */
	assert_read("from 10.222.1.2 (EHLO helo.example) (203.0.113.9) by mta4123.mail.example.com "
		    "with SMTPS",
		"203.0.113.9 unrecorded - helo.example mta4123.mail.example.com SMTPS");
	assert_read("from 203.0.113.9 (EHLO helo.example) by 10.217.151.74 with SMTPs "
		    "(version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256)",
		"203.0.113.9 unrecorded - helo.example 10.217.151.74 SMTPs");
	/* Amazon SES, Dovecot, Mimecast */
	assert_read("from helo.example (host.example [203.0.113.9]) by "
		    "inbound-smtp.us-east-1.amazonaws.com with SMTP id abc for a@b.example",
		"203.0.113.9 verified host.example helo.example "
		"inbound-smtp.us-east-1.amazonaws.com SMTP");
	assert_read("from mx.example.org ([10.1.2.3]) by store.example.org with LMTP id 0DmuLj",
		"10.1.2.3 unrecorded - mx.example.org store.example.org LMTP");
	assert_read(
		"from helo.example (host.example [203.0.113.9]) by relay.example.org with ESMTP "
		"with STARTTLS (version=TLSv1.2, cipher=X) id us-mta-12-abc",
		"203.0.113.9 verified host.example helo.example relay.example.org ESMTP");
}

static void test_other_clauses(void **state)
{
	struct received *received =
		received_parse("from a.example (a.example [203.0.113.9]) by b.example via TCP with "
			       "ESMTP id X-1 for "
			       "<trap@example.org>; Thu, 1 Jan 1970 01:00:05 +0100");

	(void)state;
	assert_true(received->from);
	assert_string_equal(received->id, "X-1");
	assert_string_equal(received->recipient, "trap@example.org");
	assert_int_equal(received->date, 5);
	received_free(received);

	received = received_parse("by b.example for trap@example.org; no date");
	assert_false(received->from);
	assert_string_equal(received->recipient, "trap@example.org");
	assert_int_equal(received->date, 0);
	received_free(received);
}

/* A client says what it likes in HELO, and servers differ in what they let stand. */
static void test_hostile_helo(void **state)
{
	(void)state;
	assert_read("from by (host.example [203.0.113.9]) by mx.example.org with SMTP",
		"203.0.113.9 verified host.example by mx.example.org SMTP");
	assert_read("from a by b.example (host.example [203.0.113.9]) by mx.example.org with SMTP",
		"- unrecorded - a b.example SMTP ambiguous");
	assert_read("from a (o1.esp.example [198.51.100.1]) (host.example [203.0.113.9]) by "
		    "mx.example.org with SMTP",
		"203.0.113.9 verified o1.esp.example a mx.example.org SMTP ambiguous");
	/* An open parenthesis swallows the server's own clauses: there is no `by` then. */
	assert_read(
		"from a (o1.esp.example (host.example [203.0.113.9]) by mx.example.org with SMTP",
		"203.0.113.9 verified o1.esp.example a - -");
	/* A server that records no address does not get one from HELO. */
	assert_read("from 198.51.100.1 by mx.example.org with SMTP",
		"- unrecorded - 198.51.100.1 mx.example.org SMTP");
	assert_read("from [198.51.100.1] (host.example [203.0.113.9]) by mx.example.org with SMTP",
		"203.0.113.9 verified host.example [198.51.100.1] mx.example.org SMTP");
}

static void test_broken(void **state)
{
	(void)state;
	assert_read("", "- unrecorded - - - -");
	assert_read(";", "- unrecorded - - - -");
	assert_read("from", "- unrecorded - - - -");
	assert_read("from by with id for", "- unrecorded - by - id");
	assert_read("from <unknown> (<unknown> []) by 47a34c698db9 with HTTP id 64c287db",
		"- unrecorded - <unknown> 47a34c698db9 HTTP");
	assert_read("from a.example (a.example [203.0.113.9", "- unrecorded - a.example - -");
	assert_read("from \"a b", "- unrecorded - a b - -");
	assert_read("(((((((((", "- unrecorded - - - -");
}

static void test_length(void **state)
{
	g_autoptr(GString) value = g_string_new("from a.example ");

	(void)state;
	while (value->len < 2 * LEXER_MAX_LENGTH)
		g_string_append(value, "(((x) ");
	assert_read(value->str, "- unrecorded - a.example - -");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postfix),
		cmocka_unit_test(test_sendmail),
		cmocka_unit_test(test_exim),
		cmocka_unit_test(test_qmail),
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_mailboxes),
		cmocka_unit_test(test_other_clauses),
		cmocka_unit_test(test_hostile_helo),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
