package dev.monocred.bench;

/** The floor as a contender. */
final class FloorContender implements Contender {

    private final FloorClient client = new FloorClient(TokenService.authority());

    @Override
    public Call call(Ask ask) {
        return () -> client.getToken(ask);
    }
}
