/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- mails ---- */

/* What a mail of the provider says of itself, and what a spammer copies. */
#define ESP_HEADERS "X-Esp-Id: abc123\r\n"
#define BODY \
	"From: Shop <news@shop.example>\r\nSubject: Hello\r\n\r\nhttps://click.esp.example/1\r\n"
/* The border is a Postfix, and writes what it found out of the sender above its Received field. */
#define BORDER(client)                                                               \
	"Received: from " client " by mx.example.org (Postfix) with ESMTPS id 1\r\n" \
	"\tfor <trap@example.org>; Fri, 2 Jun 2023 09:17:52 +0000 (UTC)\r\n"
#define RESULTS(results) "Authentication-Results: mx.example.org; " results "\r\n"
#define NO_AUTH RESULTS("spf=softfail smtp.mailfrom=shop.example; dkim=none")
#define SHOP_AUTH                                                             \
	RESULTS("spf=pass smtp.mailfrom=bounces@em1.shop.example; dkim=pass " \
		"header.d=shop.example")

#define ESP_CLIENT "o1.mta.esp.example (o1.mta.esp.example [198.51.100.200])"
#define FOREIGN_CLIENT "vps7.hoster.example (vps7.hoster.example [203.0.113.9])"
#define NAMELESS_CLIENT "mail.evil.example (unknown [203.0.113.9])"
#define BRANDED_CLIENT "o1.ptr1.shop.example (o1.ptr1.shop.example [203.0.113.9])"

static struct esp *make_esp(void)
{
	struct esp *esp = esp_new("esp", "Esp");
	struct esp_header *header = g_new0(struct esp_header, 1);

	header->name = g_strdup("X-Esp-Id");
	g_ptr_array_add(esp->headers, header);
	g_ptr_array_add(esp->rdns, g_strdup("mta.esp.example"));
	g_ptr_array_add(esp->dkim, g_strdup("esp.example"));
	g_ptr_array_add(esp->return_path, g_strdup("bounce.esp.example"));
	g_ptr_array_add(esp->networks, g_strdup("198.51.100.0/25"));
	g_ptr_array_add(esp->networks, g_strdup("2001:db8:e5b::/48"));
	return esp;
}

struct trial {
	struct message *message;
	struct origin_trust *trust;
	struct origin *origin;
	struct esp *esp;
};

static struct trial try_mail(const char *mail, const char *relays, const char *ids)
{
	struct trial trial = {0};
	char *bad;

	trial.message = message_parse(mail, strlen(mail), NULL, NULL);
	assert_non_null(trial.message);
	trial.trust = origin_trust_new(relays, ids, &bad);
	assert_null(bad);
	trial.origin = origin_new(trial.message, trial.trust);
	trial.esp = make_esp();
	return trial;
}

static void trial_clear(struct trial *trial)
{
	origin_free(trial->origin);
	origin_trust_free(trial->trust);
	message_free(trial->message);
	esp_free(trial->esp);
}

/* ---- the sending host ---- */

/* `ip name header`, or why there is none. */
static void assert_host(const char *mail, const char *relays, const char *expected)
{
	struct trial trial = try_mail(mail, relays, NULL);
	const struct received *received = trial.origin->received;
	g_autofree char *ip = received ? ip_format(&received->ip) : NULL;
	g_autofree char *host =
		received ? g_strdup_printf("%s %s %u", ip, received->name ? received->name : "-",
				   trial.origin->header)
			 : g_strdup(trial.origin->unknown);

	assert_string_equal(host, expected);
	trial_clear(&trial);
}

static void test_border(void **state)
{
	(void)state;
	assert_host(BORDER(FOREIGN_CLIENT) BODY, NULL, "203.0.113.9 vps7.hoster.example 0");
	assert_host(
		NO_AUTH "X-Spam: yes\r\n" BORDER(NAMELESS_CLIENT) BODY, NULL, "203.0.113.9 - 2");
	assert_host(BORDER("host.example (host.example [IPv6:2001:db8::9])") BODY, NULL,
		"2001:db8::9 host.example 0");
}

static void test_own_hops(void **state)
{
	(void)state;
	assert_host(
		"Received: from mx.example.org ([10.1.2.3]) by store.example.org with LMTP\r\n"
		"Received: from localhost (localhost [127.0.0.1]) by mx.example.org (amavisd)\r\n"
		"Received: from a (a [100.64.1.1]) by mx.example.org with ESMTP\r\n"
		"Received: from a (a [IPv6:fd00::5]) by mx.example.org with ESMTP\r\n"
		"Received: from a (a [IPv6:fe80::5]) by mx.example.org with ESMTP\r\n"
		"Received: from a (a [IPv6:::ffff:192.168.1.1]) by mx.example.org with SMTP\r\n"
		"Received: by 2002:a05:7300:538f:b0:7c:ab41:dfcf with SMTP id 1\r\n"
		"Received: (qmail 4441 invoked from network); 2 Feb 2023 01:42:45 -0000\r\n" BORDER(
			FOREIGN_CLIENT) BODY,
		NULL, "203.0.113.9 vps7.hoster.example 8");
	assert_host("Received: from pop.example.net [192.0.2.80] by localhost with POP3 "
		    "(fetchmail-6.4)\r\n" BORDER(FOREIGN_CLIENT) BODY,
		NULL, "203.0.113.9 vps7.hoster.example 1");
	assert_host("Received: from mx.example.net (192.0.2.80) by store.example.org with "
		    "LMTP\r\n" BORDER(FOREIGN_CLIENT) BODY,
		NULL, "203.0.113.9 vps7.hoster.example 1");
}

static void test_relays(void **state)
{
	static const char *const mail =
		"Received: from out.example.net (out.example.net [192.0.2.25])\r\n"
		" by store.example.org (Postfix) with ESMTP id 2\r\n" BORDER(FOREIGN_CLIENT) BODY;
	static const char *const unverified =
		"Received: from out.example.net (192.0.2.25)\r\n"
		" by store.example.org with SMTP\r\n" BORDER(FOREIGN_CLIENT) BODY;
	static const char *const six =
		"Received: from out (out.example.net [IPv6:2001:db8:1::25])\r\n"
		" by store.example.org (Postfix) with ESMTP id 2\r\n" BORDER(FOREIGN_CLIENT) BODY;

	(void)state;
	assert_host(mail, NULL, "192.0.2.25 out.example.net 0");
	assert_host(mail, "192.0.2.0/24", "203.0.113.9 vps7.hoster.example 1");
	assert_host(mail, "198.51.100.0/24; 192.0.2.25", "203.0.113.9 vps7.hoster.example 1");
	assert_host(mail, "example.net", "203.0.113.9 vps7.hoster.example 1");
	assert_host(mail, ".Example.NET", "203.0.113.9 vps7.hoster.example 1");
	assert_host(mail, "ample.net 192.0.2.128/25", "192.0.2.25 out.example.net 0");
	assert_host(six, "2001:db8:1::/48", "203.0.113.9 vps7.hoster.example 1");
	/* HELO is no name to trust, nor is one that does not lead back. */
	assert_host(BORDER("x (out.example.net [192.0.2.25] (may be forged))")
			    BORDER(FOREIGN_CLIENT) BODY,
		"example.net", "192.0.2.25 out.example.net 0");
	assert_host(unverified, "example.net", "192.0.2.25 - 0");
	assert_host(unverified, "192.0.2.25", "203.0.113.9 vps7.hoster.example 1");
}

/* What stands below the border is never read, even if it says that it is from a trusted relay. */
static void test_forged_below(void **state)
{
	static const char *const mail =
		BORDER(FOREIGN_CLIENT) "Received: from " ESP_CLIENT
				       " by mx.example.org (Postfix) with ESMTPS id 0\r\n"
				       "Received: from a (a [192.0.2.25]) by mx.example.org "
				       "(Postfix) with ESMTPS id 0\r\n" ESP_HEADERS BODY;

	(void)state;
	assert_host(mail, NULL, "203.0.113.9 vps7.hoster.example 0");
	assert_host(mail, "192.0.2.0/24 example.org", "203.0.113.9 vps7.hoster.example 0");
}

static void test_no_host(void **state)
{
	(void)state;
	assert_host(BODY, NULL, "there is no Received field");
	assert_host("Received: from a (a [10.1.2.3]) by mx.example.org with ESMTP\r\n" BODY, NULL,
		"no Received field has a public address");
	assert_host("Received: from mail.evil.example by mx.example.org with SMTP\r\n" BODY, NULL,
		"the border recorded no address");
	assert_host(BORDER("a by mx.example.org (" ESP_CLIENT ") (vps [203.0.113.9])") BODY, NULL,
		"the border's Received field cannot be told from a forged one");
	assert_host(BORDER("a (vps [203.0.113.9]) (b [10.1.2.3])") BORDER(ESP_CLIENT) BODY, NULL,
		"the border's Received field cannot be told from a forged one");
	assert_host("Received: from a (b (vps [203.0.113.9]) by mx.example.org with SMTP\r\n" BODY,
		NULL, "the border's Received field cannot be told from a forged one");
	/* Encoded words would turn HELO into a client of its own. */
	assert_host(BORDER("=?utf-8?q?a_=28o1=2Emta=2Eesp=2Eexample_[198.51.100.1]=29_by_b=3B?= "
			   "(vps7.hoster.example [203.0.113.9])") BODY,
		NULL, "203.0.113.9 vps7.hoster.example 0");
}

#define MICROSOFT_STORE                                                                         \
	"Received: from AB1PR19MB1.namprd19.prod.outlook.com (::1) by\r\n"                      \
	" CD1PR19MB2.namprd19.prod.outlook.com with HTTPS; Wed, 26 Jul 2023 21:13:38 +0000\r\n" \
	"Received: from EF1P281CA1.DEUP281.PROD.OUTLOOK.COM (2603:10a6:d10:a1::9) by\r\n"       \
	" AB1PR19MB1.namprd19.prod.outlook.com (2603:10b6:208:3d3::7) with Microsoft SMTP\r\n"  \
	" Server id 15.20.6609.33; Wed, 26 Jul 2023 21:13:37 +0000\r\n"
#define MICROSOFT_FRONT                                                                           \
	"Received: from GH1EUR05FT062.eop-eur05.prod.protection.outlook.com\r\n"                  \
	" (2a01:111:f400:7e0d::202) by EF1P281CA1.outlook.office365.com (2603:1026:900:3::f)\r\n" \
	" with Microsoft SMTP Server id 15.20.6631.29 via Frontend Transport\r\n"
#define MICROSOFT_BORDER(client)                                                              \
	"Received: from " client " by\r\n"                                                    \
	" GH1EUR05FT062.mail.protection.outlook.com (10.233.243.189) with Microsoft SMTP\r\n" \
	" Server id 15.20.6631.29 via Frontend Transport; Wed, 26 Jul 2023 21:13:36 +0000\r\n"
#define MICROSOFT_NO_AUTH(ip)                                                             \
	"Authentication-Results: spf=none (sender IP is " ip ")\r\n"                      \
	" smtp.mailfrom=shop.example; dkim=none (message not signed)\r\n"                 \
	" header.d=none;dmarc=permerror action=none header.from=shop.example;\r\n"        \
	"Received-SPF: None (protection.outlook.com: shop.example does not designate\r\n" \
	" permitted sender hosts)\r\n"

static void test_microsoft(void **state)
{
	(void)state;
	assert_host(MICROSOFT_STORE MICROSOFT_FRONT MICROSOFT_NO_AUTH("203.0.113.9")
			    MICROSOFT_BORDER("shop.example (203.0.113.9)") BODY,
		NULL, "203.0.113.9 - 5");
	/* Another customer of Microsoft's is outside. */
	assert_host(MICROSOFT_STORE MICROSOFT_FRONT MICROSOFT_BORDER(
			    "EUR05-VI1-obe.outbound.protection.outlook.com (2a01:111:f400:fe1e::1)")
			    BODY,
		NULL, "2a01:111:f400:fe1e::1 - 3");
	/* For anyone else, all of Microsoft is. */
	assert_host(BORDER("EUR05-VI1-obe.outbound.protection.outlook.com "
			   "(mail-vi1eur05.outbound.protection.outlook.com "
			   "[IPv6:2603:10a6:d10:a1::9])") BODY,
		NULL, "2603:10a6:d10:a1::9 mail-vi1eur05.outbound.protection.outlook.com 0");
}

/* ---- verdicts ---- */

struct setup {
	const char *relays, *ids;
	void (*edit)(struct esp *esp);
};

static void assert_verdict_with(const struct setup *setup, const char *mail,
	enum origin_network expected, const char *reason)
{
	struct trial trial = try_mail(mail, setup->relays, setup->ids);
	struct origin_verdict *verdict;

	if (setup->edit)
		setup->edit(trial.esp);
	verdict = origin_judge(trial.origin, trial.esp);
	if (verdict->network != expected || !strstr(verdict->reason, reason))
		fail_msg("%s: %s\nof: %s", origin_network_name(verdict->network), verdict->reason,
			mail);
	origin_verdict_free(verdict);
	trial_clear(&trial);
}

static void assert_verdict(const char *mail, enum origin_network expected, const char *reason)
{
	assert_verdict_with(&(struct setup){0}, mail, expected, reason);
}

static void test_on(void **state)
{
	(void)state;
	assert_verdict(BORDER("a (unknown [198.51.100.7])") BODY, ORIGIN_ON, "network");
	assert_verdict(BORDER("a (unknown [IPv6:2001:db8:e5b::7])") BODY, ORIGIN_ON, "network");
	assert_verdict(BORDER("a (unknown [IPv6:::ffff:198.51.100.7])") BODY, ORIGIN_ON, "network");
	assert_verdict(BORDER(ESP_CLIENT) BODY, ORIGIN_ON, "domain holds the sending host");
	assert_verdict(BORDER("x (O1.MTA.ESP.EXAMPLE. [203.0.113.9])") BODY, ORIGIN_ON, "domain");
	/* A customer's own address. */
	assert_verdict(RESULTS("dkim=pass header.d=em.esp.example; spf=pass "
			       "smtp.mailfrom=shop.example") BORDER(BRANDED_CLIENT) BODY,
		ORIGIN_ON, "signed");
	assert_verdict(RESULTS("dkim=pass header.i=@esp.example") BORDER(BRANDED_CLIENT) BODY,
		ORIGIN_ON, "signed");
	assert_verdict(RESULTS("spf=pass smtp.mailfrom=b+1=a@x.bounce.esp.example")
			       BORDER(BRANDED_CLIENT) BODY,
		ORIGIN_ON, "SPF");
	assert_verdict("Received-SPF: pass (ok) client-ip=203.0.113.9; "
		       "envelope-from=\"b@bounce.esp.example\"; helo=x\r\n" BORDER(BRANDED_CLIENT)
			       BODY,
		ORIGIN_ON, "SPF");
	/* Its customers' domains do not count against it. */
	assert_verdict(SHOP_AUTH BORDER(ESP_CLIENT) BODY, ORIGIN_ON, "domain");
	assert_verdict(NO_AUTH BORDER(ESP_CLIENT) BODY, ORIGIN_ON, "domain");
}

/* What anyone can write proves nothing. */
static void test_claims(void **state)
{
	static const char *const forged = "Return-Path: <b@bounce.esp.example>\r\n" ESP_HEADERS
					  "DKIM-Signature: v=1; d=esp.example; s=x; b=x\r\n" BODY;
	g_autofree char *below = g_strconcat(SHOP_AUTH BORDER(FOREIGN_CLIENT),
		RESULTS("dkim=pass header.d=esp.example"), forged, NULL);
	g_autofree char *greeting =
		g_strconcat(MICROSOFT_BORDER("o1.mta.esp.example (203.0.113.9)"), forged, NULL);
	g_autofree char *sendmail = g_strconcat(
		BORDER("a (o1.mta.esp.example [203.0.113.9] (may be forged))"), forged, NULL);
	g_autofree char *qmail = g_strconcat("Received: from o1.mta.esp.example (HELO a) "
					     "(203.0.113.9) by mx.example.org with SMTP\r\n",
		forged, NULL);
	g_autofree char *branded = g_strconcat(SHOP_AUTH BORDER(BRANDED_CLIENT), forged, NULL);

	(void)state;
	assert_verdict(below, ORIGIN_UNKNOWN, "not believed");
	assert_verdict(greeting, ORIGIN_UNKNOWN, "nothing proves");
	assert_verdict(sendmail, ORIGIN_UNKNOWN, "nothing proves");
	assert_verdict(qmail, ORIGIN_UNKNOWN, "nothing proves");
	assert_verdict(branded, ORIGIN_UNKNOWN, "nothing else speaks");
	/* SPF refused the provider's envelope sender; DKIM did not hold. */
	assert_verdict(RESULTS("spf=fail smtp.mailfrom=bounce.esp.example; dkim=fail "
			       "header.d=esp.example") BORDER(FOREIGN_CLIENT) ESP_HEADERS BODY,
		ORIGIN_UNKNOWN, "nothing else speaks");
	/* Received-SPF names HELO beside the envelope sender that it checked. */
	assert_verdict(
		"Received-SPF: Pass (x: domain of evil.example designates 203.0.113.9 as "
		"permitted sender) client-ip=203.0.113.9; helo=o1.mta.esp.example\r\n" BORDER(
			FOREIGN_CLIENT) ESP_HEADERS BODY,
		ORIGIN_UNKNOWN, "nothing else speaks");
}

static void test_authserv_id(void **state)
{
	static const char *const below =
		BORDER(BRANDED_CLIENT) RESULTS("dkim=pass header.d=esp.example") BODY;
	static const char *const other =
		BORDER(BRANDED_CLIENT) "Authentication-Results: mx.evil.example; dkim=pass "
				       "header.d=esp.example\r\n" BODY;

	(void)state;
	assert_verdict(below, ORIGIN_UNKNOWN, "espial.authserv_id");
	assert_verdict_with(&(struct setup){.ids = "mx.example.org"}, below, ORIGIN_ON, "signed");
	assert_verdict_with(&(struct setup){.ids = "Example.ORG"}, below, ORIGIN_ON, "signed");
	assert_verdict_with(
		&(struct setup){.ids = "example.org"}, other, ORIGIN_UNKNOWN, "not believed");
}

static void test_off(void **state)
{
	(void)state;
	/* The link was copied, the provider's headers were not. */
	assert_verdict(BORDER(FOREIGN_CLIENT) BODY, ORIGIN_OFF, "has not its headers");
	assert_verdict(BORDER(NAMELESS_CLIENT) BODY, ORIGIN_OFF, "has not its headers");
	assert_verdict(
		BORDER("x (x.hoster.example [IPv6:2001:db8::9])") BODY, ORIGIN_OFF, "headers");
	assert_verdict(SHOP_AUTH BORDER(BRANDED_CLIENT) BODY, ORIGIN_OFF, "has not its headers");
	/* The headers were copied too. */
	assert_verdict(NO_AUTH BORDER(FOREIGN_CLIENT) ESP_HEADERS BODY, ORIGIN_OFF, "signed");
	assert_verdict(NO_AUTH BORDER(NAMELESS_CLIENT) ESP_HEADERS BODY, ORIGIN_OFF, "signed");
	/* What the border says of DNS outweighs HELO. */
	assert_verdict(NO_AUTH BORDER("o1.mta.esp.example (unknown [203.0.113.9])")
			       ESP_HEADERS BODY,
		ORIGIN_OFF, "signed");
	/* Forged lines below the border change nothing. */
	assert_verdict(NO_AUTH BORDER(FOREIGN_CLIENT) BORDER(ESP_CLIENT) ESP_HEADERS BODY,
		ORIGIN_OFF, "signed");
	assert_verdict(MICROSOFT_STORE MICROSOFT_FRONT MICROSOFT_NO_AUTH("203.0.113.9")
			       MICROSOFT_BORDER("vps7.hoster.example (203.0.113.9)") BODY,
		ORIGIN_OFF, "headers");
	/* Another customer of one's own mailbox provider: the check of SPF shows it outside. */
	assert_verdict(
		MICROSOFT_STORE MICROSOFT_FRONT MICROSOFT_NO_AUTH("192.0.2.9") MICROSOFT_BORDER(
			"EUR05-VI1-obe.outbound.protection.outlook.com (192.0.2.9)") BODY,
		ORIGIN_OFF, "headers");
}

static void forget_hosts(struct esp *esp)
{
	g_ptr_array_set_size(esp->rdns, 0);
	g_ptr_array_set_size(esp->networks, 0);
}

static void forget_names(struct esp *esp)
{
	g_ptr_array_set_size(esp->rdns, 0);
}

static void forget_headers(struct esp *esp)
{
	g_ptr_array_set_size(esp->headers, 0);
}

/* Too little is known: of the provider, or of the mail. */
static void test_lacking(void **state)
{
	struct setup no_hosts = {.edit = forget_hosts}, no_headers = {.edit = forget_headers};
	struct setup no_names = {.edit = forget_names};

	(void)state;
	assert_verdict(BODY, ORIGIN_UNKNOWN, "no Received field");
	assert_verdict("Received: from a (a [10.1.2.3]) by mx.example.org with ESMTP\r\n" BODY,
		ORIGIN_UNKNOWN, "public address");
	assert_verdict_with(&no_hosts, NO_AUTH BORDER(FOREIGN_CLIENT) BODY, ORIGIN_UNKNOWN,
		"no sending hosts are known");
	assert_verdict_with(
		&no_headers, BORDER(FOREIGN_CLIENT) BODY, ORIGIN_UNKNOWN, "nothing else");
	assert_verdict_with(
		&no_headers, SHOP_AUTH BORDER(FOREIGN_CLIENT) BODY, ORIGIN_UNKNOWN, "nothing else");
	assert_verdict_with(&no_headers, NO_AUTH BORDER(FOREIGN_CLIENT) BODY, ORIGIN_OFF, "signed");
	assert_verdict_with(&no_names, BORDER(FOREIGN_CLIENT) BODY, ORIGIN_OFF, "headers");
	/* The border could not check, or did not say. */
	assert_verdict(RESULTS("spf=temperror smtp.mailfrom=shop.example; dkim=none")
			       BORDER(FOREIGN_CLIENT) ESP_HEADERS BODY,
		ORIGIN_UNKNOWN, "nothing else");
	assert_verdict(RESULTS("spf=fail smtp.mailfrom=shop.example; dkim=temperror "
			       "header.d=esp.example") BORDER(FOREIGN_CLIENT) ESP_HEADERS BODY,
		ORIGIN_UNKNOWN, "nothing else");
	assert_verdict(RESULTS("spf=fail smtp.mailfrom=shop.example") BORDER(FOREIGN_CLIENT)
			       ESP_HEADERS BODY,
		ORIGIN_UNKNOWN, "nothing else");
	/* A customer's own address whose DNS is in disorder. */
	assert_verdict(
		NO_AUTH BORDER(BRANDED_CLIENT) ESP_HEADERS BODY, ORIGIN_UNKNOWN, "nothing else");
	assert_verdict(
		SHOP_AUTH BORDER(FOREIGN_CLIENT) ESP_HEADERS BODY, ORIGIN_UNKNOWN, "nothing else");
}

static void test_bounces(void **state)
{
	static const char *const report =
		BORDER(FOREIGN_CLIENT) "From: MAILER-DAEMON@hoster.example\r\n"
				       "Content-Type: multipart/report; "
				       "report-type=delivery-status; boundary=x\r\n\r\n"
				       "--x\r\n\r\nhttps://click.esp.example/1\r\n--x--\r\n";

	(void)state;
	assert_verdict(report, ORIGIN_UNKNOWN, "delivery report");
	assert_verdict("Return-Path: <>\r\n" BORDER(FOREIGN_CLIENT) BODY, ORIGIN_UNKNOWN, "empty");
	assert_verdict("Return-Path: <>\r\n" BORDER(ESP_CLIENT) BODY, ORIGIN_UNKNOWN, "empty");
	assert_verdict(RESULTS("spf=none smtp.helo=vps7.hoster.example") BORDER(FOREIGN_CLIENT)
			       BODY,
		ORIGIN_UNKNOWN, "empty");
	assert_verdict(BORDER(FOREIGN_CLIENT) "Auto-Submitted: auto-replied\r\n" BODY,
		ORIGIN_UNKNOWN, "automatic reply");
	/* A Return-Path that the border's check of SPF contradicts was written by somebody else. */
	assert_verdict(
		NO_AUTH BORDER(FOREIGN_CLIENT) "Return-Path: <>\r\n" BODY, ORIGIN_OFF, "headers");
}

static void test_forwarded(void **state)
{
	static const char *const arc = "ARC-Authentication-Results: i=1; mx.forward.example; "
				       "dkim=pass header.d=esp.example\r\n";
	g_autofree char *sealed = g_strconcat(BORDER(FOREIGN_CLIENT), arc, BODY, NULL);
	g_autofree char *broken = g_strconcat(
		RESULTS("arc=fail; spf=pass smtp.mailfrom=evil.example") BORDER(FOREIGN_CLIENT),
		arc, BODY, NULL);

	(void)state;
	assert_verdict("Return-Path: <SRS0=Bh0+=G2=shop.example=news@forward.example>\r\n" BORDER(
			       FOREIGN_CLIENT) BODY,
		ORIGIN_UNKNOWN, "forwarded");
	assert_verdict("Return-Path: a+caf_=trap=example.org@forward.example\r\n" BORDER(
			       FOREIGN_CLIENT) BODY,
		ORIGIN_UNKNOWN, "forwarded");
	assert_verdict("Return-Path: hot+SRS=0AQVr=GN=a.example=b@c.example\r\n" BORDER(
			       FOREIGN_CLIENT) BODY,
		ORIGIN_UNKNOWN, "forwarded");
	assert_verdict(BORDER(FOREIGN_CLIENT) "X-BeenThere: list@forward.example\r\n" BODY,
		ORIGIN_UNKNOWN, "mailing list");
	assert_verdict(BORDER(FOREIGN_CLIENT) "X-Forwarded-To: trap@example.org\r\n" BODY,
		ORIGIN_UNKNOWN, "forwarded");
	assert_verdict(sealed, ORIGIN_UNKNOWN, "ARC");
	assert_verdict(broken, ORIGIN_OFF, "headers");
	/* A signature survives forwarding. */
	assert_verdict(RESULTS("dkim=pass header.d=esp.example")
			       BORDER(FOREIGN_CLIENT) "X-Forwarded-To: trap@example.org\r\n" BODY,
		ORIGIN_ON, "signed");
}

static void test_doubt(void **state)
{
	static const char *const neighbour =
		BORDER("out.example.org (out.example.org [192.0.2.25])") BORDER(ESP_CLIENT) BODY;

	(void)state;
	assert_verdict(neighbour, ORIGIN_UNKNOWN, "espial.trusted_relays");
	assert_verdict_with(
		&(struct setup){.relays = "192.0.2.25"}, neighbour, ORIGIN_ON, "domain");
	assert_verdict_with(
		&(struct setup){.relays = "192.0.2.77"}, neighbour, ORIGIN_OFF, "headers");
	/* Spammers greet with the name of the recipient's own domain. */
	assert_verdict(BORDER("mx.example.org (vps7.hoster.example [203.0.113.9])") BODY,
		ORIGIN_OFF, "headers");
	assert_verdict(RESULTS("spf=none (sender IP is 192.0.2.77) smtp.mailfrom=a.example")
			       BORDER(FOREIGN_CLIENT) BODY,
		ORIGIN_UNKNOWN, "another host");
}

static void test_kinds(void **state)
{
	static const enum esp_kind kinds[] = {
		ESP_MAILER, ESP_KIT, ESP_WRAPPER, ESP_REDIRECTOR, ESP_SHORTENER};
	struct trial trial = try_mail(NO_AUTH BORDER(FOREIGN_CLIENT) BODY, NULL, NULL);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct origin_verdict *verdict;

		trial.esp->kind = kinds[i];
		verdict = origin_judge(trial.origin, trial.esp);
		assert_int_equal(verdict->network, ORIGIN_UNKNOWN);
		assert_string_equal(verdict->reason, "Esp is no sending network");
		origin_verdict_free(verdict);
	}
	trial_clear(&trial);
}

static void add_pattern(struct esp *esp)
{
	struct esp_header *header = esp->headers->pdata[0];

	header->pattern = g_strdup("^esp-");
}

static void test_header_pattern(void **state)
{
	struct setup pattern = {.edit = add_pattern};

	(void)state;
	assert_verdict_with(&pattern, SHOP_AUTH BORDER(FOREIGN_CLIENT) "X-Esp-Id: esp-1\r\n" BODY,
		ORIGIN_UNKNOWN, "nothing else");
	assert_verdict_with(&pattern,
		SHOP_AUTH BORDER(FOREIGN_CLIENT) "x-esp-id: other\r\nX-ESP-ID: esp-1\r\n" BODY,
		ORIGIN_UNKNOWN, "nothing else");
	assert_verdict_with(&pattern, SHOP_AUTH BORDER(FOREIGN_CLIENT) "X-Esp-Id: other\r\n" BODY,
		ORIGIN_OFF, "headers");
}

/* ---- evidence ---- */

/* `weight what value (header)` a line. */
static void assert_evidence(const char *mail, const char *expected)
{
	struct trial trial = try_mail(mail, NULL, NULL);
	struct origin_verdict *verdict = origin_judge(trial.origin, trial.esp);
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint i = 0; i < verdict->evidence->len; i++) {
		const struct origin_evidence *evidence = verdict->evidence->pdata[i];

		assert_true(evidence->note[0]);
		g_string_append_printf(lines, "%s: %s %s", origin_weight_name(evidence->weight),
			evidence->what, evidence->value);
		if (evidence->header != G_MAXUINT)
			g_string_append_printf(lines, " (%u)", evidence->header);
		g_string_append_c(lines, '\n');
	}
	assert_string_equal(lines->str, expected);
	origin_verdict_free(verdict);
	trial_clear(&trial);
}

static void test_evidence(void **state)
{
	(void)state;
	assert_evidence(
		RESULTS("spf=softfail smtp.mailfrom=bounce.esp.example; dkim=none; "
			"dmarc=fail header.from=shop.example") "Authentication-Results: "
							       "mx.example.org; "
							       "dkim=none\r\n" BORDER("o1.mta.esp."
										      "example "
										      "(vps7."
										      "hoster."
										      "example "
										      "[203.0.113."
										      "9])") BODY,
		"neutral: sending IP 203.0.113.9 (2)\n"
		"against: rDNS vps7.hoster.example (2)\n"
		"neutral: HELO o1.mta.esp.example (2)\n"
		"against: SPF softfail bounce.esp.example (0)\n"
		"against: DKIM none  (0)\n"
		"neutral: DMARC fail shop.example (0)\n"
		"neutral: Return-Path bounce.esp.example\n"
		"against: no header X-Esp-Id\n");
	assert_evidence(RESULTS("spf=pass smtp.mailfrom=bounce.esp.example; dkim=pass "
				"header.d=shop.example; dkim=pass header.d=esp.example")
				BORDER("o1.mta.esp.example (o1.mta.esp.example [198.51.100.7])")
					ESP_HEADERS BODY,
		"for: sending IP 198.51.100.7 (1)\n"
		"for: rDNS o1.mta.esp.example (1)\n"
		"neutral: HELO o1.mta.esp.example (1)\n"
		"for: SPF pass bounce.esp.example (0)\n"
		"neutral: DKIM pass d= shop.example (0)\n"
		"for: DKIM pass d= esp.example (0)\n"
		"neutral: header X-Esp-Id  (2)\n");
	assert_evidence(MICROSOFT_BORDER("User (203.0.113.9)") ESP_HEADERS BODY,
		"neutral: sending IP 203.0.113.9 (0)\n"
		"against: HELO User (0)\n"
		"neutral: header X-Esp-Id  (1)\n");
}

static void test_envelope(void **state)
{
	struct trial trial = try_mail("Return-Path: <b@Return.example>\r\n" BODY, NULL, NULL);

	(void)state;
	assert_string_equal(trial.origin->sender, "return.example");
	assert_string_equal(trial.origin->author, "shop.example");
	trial_clear(&trial);

	trial = try_mail(RESULTS("spf=pass smtp.mailfrom=envelope.example")
				 BORDER(FOREIGN_CLIENT) "Return-Path: <b@return.example>\r\n" BODY,
		NULL, NULL);
	assert_string_equal(trial.origin->sender, "envelope.example");
	trial_clear(&trial);
}

static void test_trust(void **state)
{
	char *bad;
	struct origin_trust *trust =
		origin_trust_new("192.0.2.0/33 mx.example.org b@d", NULL, &bad);

	(void)state;
	assert_string_equal(bad, "192.0.2.0/33");
	g_free(bad);
	origin_trust_free(trust);
	trust = origin_trust_new(" ;, \t", "mx.example.org;!", &bad);
	assert_string_equal(bad, "!");
	g_free(bad);
	origin_trust_free(trust);
	origin_trust_free(origin_trust_new(NULL, NULL, NULL));
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
		cmocka_unit_test(test_border),
		cmocka_unit_test(test_own_hops),
		cmocka_unit_test(test_relays),
		cmocka_unit_test(test_forged_below),
		cmocka_unit_test(test_no_host),
		cmocka_unit_test(test_microsoft),
		cmocka_unit_test(test_on),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_authserv_id),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_lacking),
		cmocka_unit_test(test_bounces),
		cmocka_unit_test(test_forwarded),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_header_pattern),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_trust),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
