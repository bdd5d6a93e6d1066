package dev.monocred.house.offenders.azure;

/** Stands in for an optional integration. */
public interface Integration {}
