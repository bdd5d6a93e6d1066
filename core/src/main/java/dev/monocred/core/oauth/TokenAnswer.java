package dev.monocred.core.oauth;

/** What a token endpoint answered, of three kinds. */
public sealed interface TokenAnswer permits TokenResponse, Refused, Malformed {}
