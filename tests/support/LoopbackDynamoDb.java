import java.lang.reflect.Field;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * Starts DynamoDB Local for this machine alone: by itself it listens on every address and has no
 * option against that. Takes a port of the system's choice, says which, and ends with its parent.
 */
final class LoopbackDynamoDb {
    public static void main(String[] arguments) throws Exception {
        DynamoDBProxyServer started = ServerRunner.createServerFromCommandLineArgs(arguments);
        Field field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        ServerConnector connector = (ServerConnector) ((Server) field.get(started)).getConnectors()[0];
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        started.start();
        System.out.println("port " + connector.getLocalPort());
        while (System.in.read() >= 0) {
            // The pipe closes when the tests end, however they end.
        }
        System.exit(0);
    }
}
