/** Tests of the web page, in a real browser, with real brokers, workers and gateways. */
package io.millrace.compose.page;
