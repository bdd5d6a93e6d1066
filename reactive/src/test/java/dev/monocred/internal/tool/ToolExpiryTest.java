package dev.monocred.internal.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolExpiryTest {

    @ParameterizedTest
    @CsvSource({
        "2030-01-15 13:00:00.000000, UTC, 2030-01-15T13:00:00Z",
        "2030-01-15 13:00:00.123456, Asia/Karachi, 2030-01-15T08:00:00Z",
        "2030-01-15 13:00:00.123, +05:30, 2030-01-15T07:30:00Z",
        "2030-01-15T13:00:00, America/New_York, 2030-01-15T18:00:00Z",
        "2030-01-15T13:00:00Z, America/New_York, 2030-01-15T13:00:00Z",
        "2030-01-15T13:00:00+02:00, America/New_York, 2030-01-15T11:00:00Z",
        // Shown twice: the earlier. +02:00 comes before +01:00.
        "2030-10-27 02:30:00, Europe/Berlin, 2030-10-27T00:30:00Z",
        "2030-11-03 01:30:00, America/New_York, 2030-11-03T05:30:00Z",
        // Skipped: the earlier of what it may mean.
        "2030-03-31 02:30:00, Europe/Berlin, 2030-03-31T00:30:00Z",
        "2030-04-07 01:45:00, Australia/Lord_Howe, 2030-04-06T14:45:00Z",
    })
    void localTimesAreReadInTheirZoneAndTheEarlierWay(String text, String zone, Instant expected) {
        Instant read = ToolExpiry.local(text, ZoneId.of(zone));
        assertThat(read).isNotNull();
        assertThat(read.truncatedTo(ChronoUnit.SECONDS)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"tomorrow", "2030-13-01 00:00:00", "''", "1900000000", "2030-01-15"})
    void whatIsNoDateIsNone(String text) {
        assertThat(ToolExpiry.local(text, ZoneId.of("UTC"))).isNull();
    }

    @Test
    void aTokenThatHasEndedIsNone() {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        Instant past = ToolExpiry.local("2029-12-31 23:59:59", ZoneId.of("UTC"));
        assertThat(ToolExpiry.token("t", past, now)).isNull();
    }
}
