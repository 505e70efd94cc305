package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.RpcUtils;

/**
 * Tells tasks where the endpoint of a run is: a name in Spark's RPC and, within the driver's process, where nothing
 * that is broadcast is copied, the endpoint itself.
 */
public final class EndpointAddress implements Serializable {
    private final String name;
    /** This and the next are null in every copy, and so in other processes. */
    private final transient DriverEndpoint endpoint;

    private final transient GradientHandover handover;

    public EndpointAddress(String name, DriverEndpoint endpoint) {
        this.name = name;
        this.endpoint = endpoint;
        this.handover = new GradientHandover();
    }

    /** A connection from this process. */
    public EndpointClient open() {
        if (endpoint != null) {
            return new DirectClient(endpoint);
        }
        SparkEnv spark = SparkEnv.get();
        return EndpointClient.rpc(RpcUtils.makeDriverRef(name, spark.conf(), spark.rpcEnv()));
    }

    /** Where sums of gradients are handed over within the driver's process; null elsewhere. */
    public GradientHandover handover() {
        return handover;
    }
}
