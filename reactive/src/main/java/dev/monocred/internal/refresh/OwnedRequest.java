package dev.monocred.internal.refresh;

import dev.monocred.core.TokenRequestContext;

/**
 * The key of an entry that belongs to an owner; all other entries have their request as key.
 *
 * @param owner whose
 * @param request what is asked for
 */
record OwnedRequest(TokenOwner owner, TokenRequestContext request) {}
