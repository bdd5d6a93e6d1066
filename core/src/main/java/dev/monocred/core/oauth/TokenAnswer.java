package dev.monocred.core.oauth;

/** What an endpoint answered: what was asked for, or one of two kinds of nothing. */
public sealed interface TokenAnswer permits TokenResponse, DeviceAuthorization, Refused, Malformed {}
