package dev.monocred.bench;

/** What a short-lived program does: start, get one token, go. Arguments: contender. */
final class FirstToken {

    private FirstToken() {}

    public static void main(String... args) {
        long start = System.nanoTime();
        Contender contender = Contender.open(args[0]);
        contender.call(Ask.scope("first")).getToken().block();
        long nanos = System.nanoTime() - start;
        System.out.println("TOKEN " + nanos / 1e6 + " " + Lab.cpuMillisOfThisProcess());
        Runtime.getRuntime().halt(0);
    }
}
